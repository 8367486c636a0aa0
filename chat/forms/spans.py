"""The days that a usage page is about."""

import datetime
from typing import Any

from django import forms

from chat.usage import Span


class SpanForm(forms.Form):
    """`from` and `to`, both days included; without them this month."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["from"] = forms.DateField(required=False)
        self.fields["to"] = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("from"), cleaned.get("to")
        if start and end and start > end:
            raise forms.ValidationError("The first day lies after the last one.")
        return cleaned

    def span(self) -> Span:
        """The days asked for; only for a valid form."""
        usual = Span.this_month()
        start: datetime.date | None = self.cleaned_data["from"]
        end: datetime.date | None = self.cleaned_data["to"]
        end = end or max(usual.end, start or usual.end)
        return Span(start or min(usual.start, end), end)
