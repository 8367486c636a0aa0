"""A budget as the admin takes it: dollars are typed as dollars."""

from decimal import Decimal
from typing import Any

from django import forms

from chat.models import Budget, Unit
from chat.models.budget import NANO
from chat.models.spending import MOST

TOO_LARGE = "A limit is 0 or more, and not too large to be stored."


class BudgetForm(forms.ModelForm):  # type: ignore[type-arg]
    """`limit` is typed in USD, tokens or requests, and cleaned into the budget's unit (nano-USD for USD)."""

    limit = forms.DecimalField(
        max_digits=28,
        help_text="In the unit chosen: USD such as 12.50; tokens and requests as whole numbers.",
        error_messages={"invalid": "A limit is a number such as 5000 or 12.50.", "max_digits": TOO_LARGE},
    )

    class Meta:
        model = Budget
        fields = ("user", "group", "period", "unit", "limit", "warn_percent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if unit := self.fields.get("unit"):
            unit.choices = [(value, "USD" if value == Unit.USD else name) for value, name in unit.choices]  # type: ignore[attr-defined]
        if self.instance.unit == Unit.USD:
            self.initial["limit"] = _as_typed(self.instance.limit)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        typed, unit = cleaned.get("limit"), cleaned.get("unit") or self.instance.unit
        if typed is None or not unit:
            return cleaned
        amount = typed * NANO if unit == Unit.USD else typed
        if not 0 <= amount <= MOST:
            self.add_error("limit", TOO_LARGE)
        elif amount != int(amount):
            most = "has at most nine decimals" if unit == Unit.USD else f"in {unit} is a whole number"
            self.add_error("limit", f"A limit {most}.")
        else:
            cleaned["limit"] = int(amount)
        return cleaned


def _as_typed(nano: int) -> Decimal:
    """Such as 12.50 and 0.0005."""
    usd, cents = Decimal(nano) / NANO, Decimal("0.01")
    return usd.quantize(cents) if usd % cents == 0 else usd.normalize()
