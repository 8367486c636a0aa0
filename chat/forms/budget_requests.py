"""Asking for more of a budget, and what an administrator answers."""

from decimal import Decimal
from typing import Any

from django import forms

from chat.forms.typed import is_blank, with_line_feeds
from chat.models import ANSWER_CHARACTERS, REASON_CHARACTERS, Budget, Unit
from chat.models.budget import NANO
from chat.models.spending import MOST
from chat.usage import Standing

NUL = "A text cannot hold NUL characters."
ANSWER_LONG = f"A word to the person has at most {ANSWER_CHARACTERS} characters."


class AskForm(forms.Form):
    """Of which budget, and why."""

    reason = forms.CharField(
        label="What do you need it for?",
        max_length=REASON_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Say in a few words what you need it for.",
            "max_length": f"A reason has at most {REASON_CHARACTERS:,} characters.",
            "null_characters_not_allowed": NUL,
        },
    )

    def __init__(self, data: Any, standings: list[Standing], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        wrong = "Choose one of the budgets that apply to you."
        self.fields["budget"] = forms.TypedChoiceField(
            label="Of which budget?",
            choices=[(one.budget_id, f"{one.name}: {one.used_of_limit} used") for one in standings],
            coerce=int,
            widget=forms.RadioSelect,
            initial=standings[0].budget_id if standings else None,
            error_messages={"required": wrong, "invalid_choice": wrong},
        )
        self.order_fields(["budget", "reason"])

    def clean_reason(self) -> str:
        reason: str = with_line_feeds(self.cleaned_data["reason"])
        if is_blank(reason):
            raise forms.ValidationError("Say in a few words what you need it for.")
        return reason


class GrantForm(forms.Form):
    """How much more, in the budget's unit, and for how long."""

    answer = forms.CharField(
        label="A word to them (if you like)",
        required=False,
        max_length=ANSWER_CHARACTERS,
        error_messages={"max_length": ANSWER_LONG, "null_characters_not_allowed": NUL},
    )

    def __init__(self, data: Any, budget: Budget, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        in_usd = budget.unit == Unit.USD
        words = f"How much more is {'an amount such as 12.50' if in_usd else 'a whole number from 1 on'}."
        least, most = (Decimal(1) / NANO, Decimal(MOST) / NANO) if in_usd else (1, MOST)
        kind = forms.DecimalField if in_usd else forms.IntegerField
        self.factor = NANO if in_usd else 1
        self.fields["amount"] = kind(
            label=f"How many {'USD' if in_usd else budget.unit} more?",
            min_value=least,  # type: ignore[arg-type]
            max_value=most,  # type: ignore[arg-type]
            initial=f"{budget.limit / NANO:.2f}" if in_usd else max(budget.limit, 1),
            widget=forms.TextInput(attrs={"inputmode": "decimal" if in_usd else "numeric"}),
            error_messages=dict.fromkeys(
                ["required", "invalid", "min_value", "max_value", "max_digits", "max_decimal_places"], words
            ),
        )
        self.fields["lasting"] = forms.ChoiceField(
            label="For how long?",
            choices=[("period", f"Until this {budget.period} ends"), ("permanent", "From now on")],
            initial="period",
            widget=forms.RadioSelect,
            error_messages=dict.fromkeys(["required", "invalid_choice"], "Say for how long."),
        )
        self.order_fields(["amount", "lasting", "answer"])

    def amount(self) -> int:
        """In the budget's unit, USD as nano-USD; only for a valid form."""
        return int(self.cleaned_data["amount"] * self.factor)


class DeclineForm(forms.Form):
    answer = forms.CharField(
        label="Why not, in a word to them",
        max_length=ANSWER_CHARACTERS,
        error_messages={
            "required": "Say why not: a word is enough.",
            "max_length": ANSWER_LONG,
            "null_characters_not_allowed": NUL,
        },
    )
