"""The settings of a conversation, and what a user's new ones begin with: the same fields."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings as site
from django.contrib.humanize.templatetags.humanize import intcomma

from chat import replies
from chat.forms.numbers import must_be, number
from chat.forms.schema import ObjectField
from chat.forms.stops import StopField
from chat.forms.typed import with_line_feeds
from chat.llm import RANGES
from chat.local_model import MODEL_NAME
from chat.models import Chosen

USUAL = ("model", "system", "temperature", "max_tokens", "top_p", "seed", "stop")
PREDICTION_CHARACTERS = 20_000
FORMAT_CHOICES = [
    ("", "As the model likes"),
    ("text", "Text"),
    ("json_object", "A JSON object"),
    ("json_schema", "JSON after a schema"),
]


def _text(label: str, *, most: int | None = None, rows: int = 3, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=most,
        help_text=help_text,
        error_messages={
            "max_length": f"{label} has at most {intcomma(most or 0)} characters.",
            "null_characters_not_allowed": f"{label} cannot hold NUL characters.",
        },
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class SettingsForm(forms.Form):
    """What is left empty is not sent to the model; a field that is not in `data` keeps what it was.

    `belongs_to` is the id of another form with which the fields are sent.
    """

    model = forms.ChoiceField(label="Model", required=False, widget=forms.Select(attrs={"autofocus": True}))
    system = _text("System prompt", help_text="What the model is told before every message.")
    temperature = number("Temperature", "temperature", help_text="0 to 2. Higher is more varied.")
    max_tokens = number("Max tokens", "max_tokens")
    top_p = number("Top P", "top_p", help_text="0.01 to 1")
    seed = number("Seed", "seed", help_text="From 1. The same seed gives similar answers.")
    stop = StopField(
        label="Stop",
        required=False,
        help_text=r"Up to 4 texts, one a line, at which an answer ends; \n stands for a line end.",
        error_messages={"null_characters_not_allowed": "Stop cannot hold NUL characters."},
    )
    top_k = number("Top K", "top_k", help_text="From 0")
    min_p = number("Min P", "min_p", help_text="0.001 to 0.999")
    top_a = number("Top A", "top_a", help_text="0 to 1")
    repetition_penalty = number("Repetition penalty", "repetition_penalty", help_text="0 to 10; 1 is none")
    frequency_penalty = number("Frequency penalty", "frequency_penalty", help_text="-2 to 2")
    presence_penalty = number("Presence penalty", "presence_penalty", help_text="-2 to 2")
    response_format = forms.ChoiceField(
        label="Format of answers",
        required=False,
        choices=FORMAT_CHOICES,
        error_messages={"invalid_choice": "Format of answers is none of those that can be chosen."},
    )
    schema = ObjectField(
        label="JSON schema",
        required=False,
        help_text="Only for “JSON after a schema”.",
        error_messages={"null_characters_not_allowed": "JSON schema cannot hold NUL characters."},
    )
    prediction = _text(
        "Prediction", most=PREDICTION_CHARACTERS, help_text="Text that the answer will largely repeat."
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, chosen: Chosen, belongs_to: str = ""
    ) -> None:
        initial = _initial(chosen)
        if data is not None:
            data = {name: data.get(name, self._shown(name, initial)) for name in self.base_fields}
        super().__init__(data, initial=initial, auto_id="settings-%s")
        self.fields["model"].choices = _models(chosen.model)  # type: ignore[attr-defined]
        self.fields["model"].error_messages["invalid_choice"] = (
            "The model “%(value)s” is not offered here. Choose another one under Model."
        )
        self.fields[
            "max_tokens"
        ].help_text = f"The longest answer; {intcomma(site.MAX_TOKENS)} if left empty."
        for name, field in self.fields.items():
            field.widget.attrs |= {"autocomplete": "off"} | ({"form": belongs_to} if belongs_to else {})
            if name in RANGES:
                field.widget.attrs["placeholder"] = "Not set"

    @property
    def usual(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name in USUAL]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in USUAL]

    @property
    def has_more(self) -> bool:
        """Whether something is set, or wrong, among the fields that are rarely used."""
        return any(field.value() or field.errors for field in self.more)

    def clean_model(self) -> str:
        model: str = self.cleaned_data["model"]
        if model and model not in site.MODELS:
            raise forms.ValidationError(
                f"The model “{model}” is not offered here any more. Choose another one under Model."
            )
        return model

    def clean_system(self) -> str:
        system: str = self.cleaned_data["system"]
        return with_line_feeds(system)

    def clean_max_tokens(self) -> int | None:
        most = replies.longest_answer()
        wanted: int | None = self.cleaned_data["max_tokens"]
        if wanted and wanted > most:
            raise forms.ValidationError(must_be("Max tokens", 1, most, whole=True))
        return wanted

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        most = replies.longest_system(cleaned.get("max_tokens") or site.MAX_TOKENS)
        if (length := len(cleaned.get("system", ""))) > most:
            self.add_error(
                "system",
                f"System prompt has {intcomma(length)} characters; "
                f"with answers of this length it may have at most {intcomma(most)}.",
            )
        wants_schema = cleaned.get("response_format") == "json_schema"
        if wants_schema and not cleaned.get("schema") and "schema" not in self.errors:
            self.add_error(
                "schema", "JSON schema is missing: write one, or choose another format of answers."
            )
        return cleaned

    def chosen(self) -> Chosen:
        """Only for a valid form."""
        said = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        model, schema = said.pop("model", ""), said.pop("schema", None)
        if kind := said.get("response_format"):
            said["response_format"] = {"type": kind}
            if kind == "json_schema":
                said["response_format"]["json_schema"] = {"name": "answer", "schema": schema}
        if text := said.get("prediction"):
            said["prediction"] = {"type": "content", "content": text}
        return Chosen(model=model, settings=said)

    @classmethod
    def _shown(cls, name: str, initial: Mapping[str, Any]) -> Any:
        return cls.base_fields[name].prepare_value(initial.get(name, ""))


def _initial(chosen: Chosen) -> dict[str, Any]:
    """What the fields show; a part of an import that no field could have made is shown as empty."""
    parameters = chosen.parameters
    initial = {name: getattr(parameters, name) for name in RANGES if name in chosen.settings}
    kind = parameters.response_format or {}
    schema = kind.get("json_schema")
    return initial | {
        "model": chosen.model,
        "system": chosen.system,
        "stop": parameters.stop,
        "response_format": kind.get("type", ""),
        "schema": schema.get("schema") if isinstance(schema, dict) else None,
        "prediction": (parameters.prediction or {}).get("content", ""),
    }


def _models(chosen: str) -> list[tuple[str, str]]:
    named = MODEL_NAME if site.EMBEDDED_MODEL else site.MODEL_ID
    choices = [("", f"The site's model ({named})"), *((model, model) for model in site.MODELS)]
    if chosen and chosen not in site.MODELS:
        choices.append((chosen, f"{chosen} (not offered any more)"))
    return choices
