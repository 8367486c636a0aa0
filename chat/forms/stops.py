"""Up to four texts at which an answer stops, one a line."""

from typing import Any

from django import forms

from chat.forms.typed import with_line_feeds
from chat.llm import STOP_CHARACTERS, STOPS


class StopField(forms.CharField):
    """Cleans to a list; `\\n` in a line stands for a line end. Spaces count."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        lines = with_line_feeds(text).split("\n")
        stops = [line.replace("\\n", "\n") for line in lines if line.strip()]
        if len(stops) > STOPS:
            raise forms.ValidationError(f"{self.label} takes at most {STOPS} texts, one a line.")
        if any(len(stop) > STOP_CHARACTERS for stop in stops):
            raise forms.ValidationError(f"{self.label}: a text has at most {STOP_CHARACTERS} characters.")
        return stops

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(stop.replace("\n", "\\n") for stop in value)
        return value
