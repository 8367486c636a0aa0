"""Prices from what the provider says of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from chat.llm import Rates, Unclear
from chat.local_model import MODEL_NAME
from chat.models import DailyTotal, Price


@dataclass(frozen=True)
class New:
    """A price, and the one of the same day that it took the place of."""

    price: Price
    replaced: Price | None


@dataclass(frozen=True)
class Filled:
    """What came of it: new prices; models with the same as before; with none that is clear, and why; with none."""

    new: list[New] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    unclear: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)


def models_to_price() -> list[str]:
    """Those on offer, and those that were used: a provider may answer by another name than it was asked by."""
    used = DailyTotal.objects.filter(completion_tokens__gt=0).order_by("model")
    names = dict.fromkeys((*settings.MODELS, *used.values_list("model", flat=True).distinct()))
    return [name for name in names if name != MODEL_NAME]


def fill_prices(models: Collection[str], listed: Mapping[str, Rates | Unclear]) -> Filled:
    """From today on, where it is not what is in force already; needs a transaction.

    What was entered for today is replaced. Rows of the ledger that are closed keep their cost.
    """
    filled = Filled()
    for model in models:
        found = listed.get(model)
        if found is None:
            filled.absent.append(model)
        elif isinstance(found, Unclear):
            filled.unclear[model] = found.why
        else:
            _fill(model, found, filled)
    return filled


def _fill(model: str, rates: Rates, filled: Filled) -> None:
    today = timezone.localdate()
    price = Price.objects.of(model, today)
    if price and (price.prompt_nano_usd, price.completion_nano_usd) == (rates.prompt, rates.completion):
        filled.same.append(model)
        return
    new, is_new = Price.objects.update_or_create(
        model=model,
        starts_on=today,
        defaults={"prompt_nano_usd": rates.prompt, "completion_nano_usd": rates.completion},
    )
    filled.new.append(New(new, None if is_new else price))
