"""What tokens cost, by the prices that the administrator entered."""

import datetime

from django.conf import settings
from django.utils import timezone

from chat.local_model import MODEL_NAME
from chat.models import Price

MOST_NANO_USD = 2**63 - 1  # what the column holds; a mistyped price must not keep a row from being closed


def price_of(requested: str, answered: str, day: datetime.date) -> Price | None:
    """The price in force for the model that answered.

    A provider may answer by another name than it was asked by, so the price of what was asked for stands in:
    except for the embedded model, which answers for any.
    """
    price = Price.objects.of(answered, day)
    if price is None and answered != MODEL_NAME:
        price = Price.objects.of(requested, day)
    return price


def prompt_cost(model: str, tokens: int) -> int | None:
    """Nano-USD that a prompt of so many tokens costs today, or None while no price is known."""
    price = price_of(model, MODEL_NAME if settings.EMBEDDED_MODEL else "", timezone.localdate())
    return None if price is None else min(tokens * price.prompt_nano_usd, MOST_NANO_USD)
