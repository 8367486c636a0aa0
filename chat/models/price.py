"""What a model costs from a date on; entered by the administrator, since providers change it."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import QuerySet

NANO_A_TOKEN = 1000  # for a dollar a million tokens


def usd_a_million(nano: int) -> str:
    """Of nano-USD a token; exact, such as 0.25 and 0.125."""
    return f"{nano // NANO_A_TOKEN}.{nano % NANO_A_TOKEN:03}".removesuffix("0")


class PriceQuerySet(QuerySet["Price"]):
    def of(self, model: str, day: datetime.date) -> Price | None:
        """The price in force on `day`, or None: unknown is never zero."""
        priced = self.filter(model=model, starts_on__lte=day).order_by("-starts_on")
        return priced.first() if model else None


class Price(models.Model):
    model = models.CharField(max_length=200)
    starts_on = models.DateField()
    prompt_nano_usd = models.PositiveBigIntegerField(
        "nano-USD a prompt token", help_text="$0.25 a million tokens is 250."
    )
    completion_nano_usd = models.PositiveBigIntegerField("nano-USD a completion token")

    objects: ClassVar[PriceQuerySet] = PriceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(  # of()
                "model",
                "starts_on",
                name="one_price_a_day",
                violation_error_message="This model already has a price from that day on: change that one.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} from {self.starts_on}"
