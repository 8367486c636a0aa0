"""What a usage page is asked for in its address: days, what it is by, and what it is limited to."""

from typing import Any

from django import forms

from chat.forms.spans import SpanForm
from chat.models import CallStatus, Source
from chat.usage import COLUMNS, SHOWN, UNFINISHED, Only

SORTS = ("requests", "tokens-in", "tokens-out", "cost", "estimated", "unfinished", "name")
STATUSES = [*CallStatus.choices, (UNFINISHED, UNFINISHED)]
NUMBER = "A user, a group and a key are given by their numbers."


class Word(forms.ChoiceField):
    """One of a few words; without one the first."""

    def __init__(self, words: tuple[str, ...], name: str) -> None:
        wrong = f"“{name}” is one of: {', '.join(words)}."
        super().__init__(
            choices=[(word, word) for word in words], required=False, error_messages={"invalid_choice": wrong}
        )
        self.usual = words[0]

    def clean(self, value: Any) -> Any:
        return super().clean(value) or self.usual


class ReportForm(SpanForm):
    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["by"] = Word(tuple(COLUMNS), "by")
        self.fields["show"] = Word(SHOWN, "show")
        self.fields["sort"] = Word(SORTS, "sort")
        for name in ("user", "group", "key"):
            self.fields[name] = forms.IntegerField(
                required=False,
                min_value=0,
                max_value=2**63 - 1,
                error_messages=dict.fromkeys(["invalid", "min_value", "max_value"], NUMBER),
            )
        self.fields["model"] = forms.CharField(required=False, max_length=200)
        for name, choices in (("source", Source.choices), ("status", STATUSES)):
            words = ", ".join(word for word, _ in choices)
            self.fields[name] = forms.ChoiceField(
                choices=choices,
                required=False,
                error_messages={"invalid_choice": f"“{name}” is one of: {words}."},
            )

    def only(self) -> Only:
        """What is right of it; only for a form that was checked."""
        given = {name: self.cleaned_data.get(name) for name in COLUMNS}
        return Only(**{name: None if value == "" else value for name, value in given.items()})
