"""A number that may be left empty, and the one sentence that refuses everything that it cannot be."""

from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma

from chat.llm import RANGES


def number(label: str, name: str, *, help_text: str = "") -> "forms.FloatField | forms.IntegerField":
    """The field of the parameter `name`, with the provider's range."""
    bounds = RANGES[name]
    kind = WholeNumber if bounds.whole else Number
    words = must_be(label, bounds.least, bounds.most, whole=bounds.whole)
    return kind(
        label=label,
        required=False,
        min_value=bounds.least,  # type: ignore[arg-type]
        max_value=bounds.most,  # type: ignore[arg-type]
        help_text=help_text,
        error_messages=dict.fromkeys(["invalid", "min_value", "max_value"], words),
        widget=forms.TextInput(attrs={"inputmode": "numeric" if bounds.whole else "decimal"}),
    )


def must_be(label: str, least: float, most: float, *, whole: bool) -> str:
    kind = "a whole number" if whole else "a number"
    return f"{label} must be {kind} from {intcomma(plain(least))} to {intcomma(plain(most))}."


def plain(value: float) -> str:
    """As a person would write it: no `.0` behind a whole number."""
    return str(int(value)) if value == int(value) else str(value)


class Number(forms.FloatField):
    """Takes a comma as well: half of the world writes 0,7. No browser refuses it before the server can say why."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, int | float) else value


class WholeNumber(forms.IntegerField):
    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}
