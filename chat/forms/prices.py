"""A price as the admin takes it: USD a million tokens, as providers print it."""

from decimal import Decimal
from typing import Any

from django import forms

from chat.llm.amounts import MOST_NANO_USD, number
from chat.models import Price
from chat.models.price import NANO_A_TOKEN, usd_a_million

MOST = MOST_NANO_USD // NANO_A_TOKEN  # USD a million tokens
FINEST = Decimal(1) / NANO_A_TOKEN
NO_NUMBER = "A price is a number of USD such as 0.25."
OUT_OF_RANGE = f"A price is from 0 to {MOST:,} USD a million tokens."
TOO_FINE = (
    "A price has at most three decimals: what one token costs is counted in whole billionths of a dollar."
)


class UsdAMillion(forms.Field):
    """Typed and shown in USD a million tokens, cleaned into nano-USD a token."""

    def __init__(self, label: str) -> None:
        help_text = "As providers print it, such as 0.25; at most three decimals."
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__(label=f"USD a million {label}", help_text=help_text, widget=widget)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        usd = number(value)
        if usd is None:
            raise forms.ValidationError(NO_NUMBER)
        if not 0 <= usd <= MOST:
            raise forms.ValidationError(OUT_OF_RANGE)
        exact = usd.quantize(FINEST)
        if exact != usd:
            raise forms.ValidationError(TOO_FINE)
        return int(exact * NANO_A_TOKEN)

    def prepare_value(self, value: Any) -> Any:
        return usd_a_million(value) if isinstance(value, int) else value


class PriceForm(forms.ModelForm):  # type: ignore[type-arg]
    prompt_nano_usd = UsdAMillion("prompt tokens")
    completion_nano_usd = UsdAMillion("completion tokens")

    class Meta:
        model = Price
        fields = ("model", "starts_on", "prompt_nano_usd", "completion_nano_usd")
