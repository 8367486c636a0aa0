"""Prices."""

from django.contrib import admin

from chat.admin.recorded import Recorded
from chat.models import Action, Price


@admin.register(Price)
class PriceAdmin(Recorded):
    saved = Action.PRICE_SET
    deleted = Action.PRICE_REMOVED
    list_display = ("model", "starts_on", "prompt_nano_usd", "completion_nano_usd")
    list_filter = ("model",)

    def words(self, row: Price, before: Price | None = None) -> str:
        """Such as "mistralai/mistral-tiny from 2026-11-01: 250 / 250 nano-USD a token"."""
        told = f"{row}: {row.prompt_nano_usd} / {row.completion_nano_usd} nano-USD a token"
        return f"{told}, before {self.words(before)}" if before else told
