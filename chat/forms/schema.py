"""A JSON object that somebody typed."""

from typing import Any

import orjson
from django import forms

SCHEMA_CHARACTERS = 20_000
SCHEMA_DEPTH = 40  # of both databases' JSON the smaller limit lies far above


class ObjectField(forms.CharField):
    """Cleans to a dict, or to None when it is empty; shows a dict as JSON."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        if len(text) > SCHEMA_CHARACTERS:
            raise forms.ValidationError(f"{self.label} has at most {SCHEMA_CHARACTERS:,} characters.")
        try:
            parsed = orjson.loads(text)
        except ValueError:
            raise forms.ValidationError(f"{self.label} is not valid JSON.") from None
        if not isinstance(parsed, dict):
            raise forms.ValidationError(f"{self.label} must be a JSON object, in braces.")
        if "\\u0000" in text or _depth(parsed) > SCHEMA_DEPTH:
            raise forms.ValidationError(f"{self.label} is nested too deeply or holds NUL characters.")
        return parsed

    def prepare_value(self, value: Any) -> Any:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() if isinstance(value, dict) else value


def _depth(value: object) -> int:
    """Of nested lists and objects; no recursion, so that the depth itself can do no harm."""
    depth, level = 0, [value]
    while level:
        depth += 1
        inside = [list(part.values()) if isinstance(part, dict) else part for part in level]
        level = [part for parts in inside if isinstance(parts, list) for part in parts]
    return depth
