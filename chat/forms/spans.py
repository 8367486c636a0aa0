"""The days that a usage page is about."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from chat.usage import FIRST, LAST, Span

OUTSIDE = f"A day lies between {FIRST} and {LAST}."


class SpanForm(forms.Form):
    """`from` and `to`, both days included; without them this month."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["from"] = forms.DateField(required=False)
        self.fields["to"] = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("from"), cleaned.get("to")
        if any(day and not FIRST <= day <= LAST for day in (start, end)):
            raise forms.ValidationError(OUTSIDE)
        if start and end and start > end:
            raise forms.ValidationError("The first day lies after the last one.")
        return cleaned

    @property
    def has_days(self) -> bool:
        """Whether it has days that can be shown, whatever else is wrong with it."""
        return not self.errors.keys() & {"from", "to", NON_FIELD_ERRORS}

    def span(self) -> Span:
        """The days asked for; only if it has any."""
        usual = Span.this_month()
        start: datetime.date | None = self.cleaned_data["from"]
        end: datetime.date | None = self.cleaned_data["to"]
        end = end or max(usual.end, start or usual.end)
        return Span(start or min(usual.start, end), end)
