"""The administrator's button that fills prices from the provider."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from chat import usage
from chat.accounts.trail import record
from chat.llm import Client, Endpoint, ModelError, ModelGone, Rates, Unclear
from chat.models import Action, Price
from chat.views.answers import SeeOther

log = logging.getLogger(__name__)

SECONDS = 20.0  # for which the provider is waited for
NAMED = 20  # models in a sentence

NO_PROVIDER = "The embedded model answers here: there is no provider to fill prices from."
NO_LIST = "The provider has no list of models at the address MODEL_API_BASE; enter prices by hand."


def fill(request: HttpRequest, words: Callable[[Price, Price | None], str]) -> HttpResponse:
    """What came of it stands above the list; `words` are the audit trail's, of a price and of the one before."""
    if not request.user.has_perm("chat.add_price") or not request.user.has_perm("chat.change_price"):
        raise PermissionDenied
    if settings.EMBEDDED_MODEL:
        messages.warning(request, NO_PROVIDER)
        return _back()
    models = usage.models_to_price()
    try:
        listed = asyncio.run(_ask(models))
    except ModelError as error:
        log.warning("The provider gave no prices: %s, status %s", error, error.http_status)
        sentence = NO_LIST if isinstance(error, ModelGone) else error.sentence
        messages.error(request, f"No price was changed. {sentence}")
        return _back()
    with transaction.atomic():
        filled = usage.fill_prices(models, listed)
        for new in filled.new:
            record(
                request, Action.PRICE_SET, detail=f"as the provider says: {words(new.price, new.replaced)}"
            )
    _tell(request, filled)
    return _back()


async def _ask(models: list[str]) -> dict[str, Rates | Unclear]:
    client = Client(Endpoint(settings.MODEL_API_BASE, settings.MODEL_API_KEY), idle=SECONDS, total=SECONDS)
    try:
        return await client.prices(models)
    finally:
        await client.aclose()


def _tell(request: HttpRequest, filled: usage.Filled) -> None:
    if filled.new:
        messages.success(request, f"Filled, from today on: {_names(new.price.model for new in filled.new)}.")
    if filled.same:
        messages.info(request, f"The same as before: {_names(filled.same)}.")
    for model, why in list(filled.unclear.items())[:NAMED]:
        messages.warning(request, f"“{model}”: the provider {why}.")
    if filled.absent:
        messages.warning(request, f"Not in the provider's list: {_names(filled.absent)}.")


def _names(models: Iterable[str]) -> str:
    names = list(models)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _back() -> HttpResponse:
    return SeeOther(reverse("admin:chat_price_changelist"))
