"""Prices, entered by hand or filled from the provider by the button above the list."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from chat.admin.fill import fill
from chat.admin.recorded import Recorded
from chat.models import Action, Price


@admin.register(Price)
class PriceAdmin(Recorded):
    saved = Action.PRICE_SET
    deleted = Action.PRICE_REMOVED
    list_display = ("model", "starts_on", "prompt_nano_usd", "completion_nano_usd")
    list_filter = ("model",)

    def get_urls(self) -> list[Any]:
        button = require_POST(self.admin_site.admin_view(self.fill))
        return [path("fill/", button, name="chat_price_fill"), *super().get_urls()]

    def fill(self, request: HttpRequest) -> HttpResponse:
        return fill(request, self.words)

    def words(self, row: Price, before: Price | None = None) -> str:
        """Such as "mistralai/mistral-tiny from 2026-11-01: 250 / 250 nano-USD a token"."""
        told = f"{row}: {row.prompt_nano_usd} / {row.completion_nano_usd} nano-USD a token"
        return f"{told}, before {self.words(before)}" if before else told
