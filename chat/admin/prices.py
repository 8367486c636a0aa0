"""Prices, entered by hand or filled from the provider by the button above the list."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from chat.admin.fill import fill
from chat.admin.recorded import Recorded
from chat.forms.prices import PriceForm
from chat.models import Action, Price
from chat.models.price import usd_a_million


@admin.register(Price)
class PriceAdmin(Recorded):
    saved = Action.PRICE_SET
    deleted = Action.PRICE_REMOVED
    form = PriceForm
    list_display = ("model", "starts_on", "prompt", "completion")
    list_filter = ("model",)

    @admin.display(description="USD a million prompt tokens", ordering="prompt_nano_usd")
    def prompt(self, row: Price) -> str:
        return usd_a_million(row.prompt_nano_usd)

    @admin.display(description="USD a million completion tokens", ordering="completion_nano_usd")
    def completion(self, row: Price) -> str:
        return usd_a_million(row.completion_nano_usd)

    def get_fields(self, request: HttpRequest, obj: Price | None = None) -> tuple[str, ...]:
        """Who may only look sees what the list shows."""
        if obj and not self.has_change_permission(request, obj):
            return self.list_display
        return PriceForm.Meta.fields

    def get_urls(self) -> list[Any]:
        button = require_POST(self.admin_site.admin_view(self.fill))
        return [path("fill/", button, name="chat_price_fill"), *super().get_urls()]

    def fill(self, request: HttpRequest) -> HttpResponse:
        return fill(request, self.words)

    def words(self, row: Price, before: Price | None = None) -> str:
        """Such as "mistralai/mistral-tiny from 2026-11-01: 0.25 / 0.25 USD a million tokens"."""
        told = f"{row}: {self.prompt(row)} / {self.completion(row)} USD a million tokens"
        return f"{told}, before {self.words(before)}" if before else told
