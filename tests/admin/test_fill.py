"""The button that fills prices from the provider: for who may enter prices, and only what is clear."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.local_model import MODEL_NAME
from chat.models import AuditEntry, Price, User
from tests.llm.test_prices import aimlapi, openrouter, unit
from tests.upstream import MODEL, Html, Reset, Status, Upstream
from tests.upstream.answers import Answer
from tests.usage.closing import closed

LIST, FILL = "/admin/chat/price/", "/admin/chat/price/fill/"
OTHER = "mistralai/mistral-nemo"


@pytest.fixture(autouse=True)
def asked(settings: Any, upstream: Upstream) -> None:
    settings.MODEL_API_BASE = upstream.url
    settings.MODEL_API_KEY = "sk-secret-of-the-site"
    settings.MODELS = [MODEL]


@pytest.fixture
def pricer(bob: User, bobs: Client) -> Client:
    """Bob, who may enter prices."""
    rights = Permission.objects.filter(codename__in=["add_price", "change_price", "view_price"])
    bob.user_permissions.set(rights)
    return bobs


def fill(client: Client) -> list[str]:
    """Press the button; what stands above the list."""
    answer = client.post(FILL)
    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    page = client.get(LIST).content.decode()
    return re.findall(r'<li class="(?:success|info|warning|error)">(.*?)</li>', page)


def prices() -> list[tuple[str, int, int, int]]:
    """Model, days since it holds, and what a prompt token and a completion token cost."""
    today = timezone.localdate()
    rows = Price.objects.order_by("model", "starts_on")
    return [
        (row.model, (today - row.starts_on).days, row.prompt_nano_usd, row.completion_nano_usd)
        for row in rows
    ]


def entries() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="price_set"))


def price(days: int, prompt: int, completion: int, model: str = MODEL) -> Price:
    """In force since so many days."""
    starts_on = timezone.localdate() - timedelta(days=days)
    return Price.objects.create(
        model=model, starts_on=starts_on, prompt_nano_usd=prompt, completion_nano_usd=completion
    )


def test_what_the_provider_says_holds_from_today_on(pricer: Client, bob: User, upstream: Upstream) -> None:
    upstream.pricing = {
        MODEL: aimlapi(unit("provided", 0.25), unit("generated", 0.5)),
        OTHER: openrouter(),
    }
    assert fill(pricer) == [f"Filled, from today on: {MODEL}."]
    assert prices() == [(MODEL, 0, 250, 500)]
    (listing,) = upstream.listings
    assert (listing.method, listing.path, listing.query) == ("GET", "/v1/models", "include=pricing")
    assert listing.headers["authorization"] == "Bearer sk-secret-of-the-site"
    (entry,) = entries()
    assert (entry.action, entry.actor, entry.address) == ("price_set", bob, "127.0.0.1")
    today = timezone.localdate()
    assert entry.detail == f"as the provider says: {MODEL} from {today}: 0.25 / 0.50 USD a million tokens"


def test_what_is_in_force_already_stays(pricer: Client, upstream: Upstream) -> None:
    price(30, 1, 1)
    price(3, 250, 250)
    upstream.pricing = {MODEL: openrouter()}
    assert fill(pricer) == [f"The same as before: {MODEL}."]
    assert prices() == [(MODEL, 30, 1, 1), (MODEL, 3, 250, 250)]
    assert entries() == []


def test_a_price_of_before_and_one_of_later_stay_beside_the_new_one(
    pricer: Client, upstream: Upstream
) -> None:
    price(3, 1, 1)
    price(-3, 9, 9)
    upstream.pricing = {MODEL: openrouter()}
    fill(pricer)
    assert prices() == [(MODEL, 3, 1, 1), (MODEL, 0, 250, 250), (MODEL, -3, 9, 9)]


def test_one_that_was_entered_for_today_is_replaced(pricer: Client, upstream: Upstream) -> None:
    price(0, 1, 1)
    upstream.pricing = {MODEL: openrouter()}
    assert fill(pricer) == [f"Filled, from today on: {MODEL}."]
    assert prices() == [(MODEL, 0, 250, 250)]
    assert "0.25 / 0.25 USD a million tokens, before" in entries()[0].detail
    assert fill(pricer) == [f"The same as before: {MODEL}."]


def test_models_that_have_answered_are_asked_for_too(pricer: Client, alice: User, upstream: Upstream) -> None:
    closed(alice, model_answered="mistral-tiny-2312")
    closed(alice, model_answered=MODEL_NAME)
    upstream.pricing = {"mistral-tiny-2312": openrouter(), MODEL: openrouter()}
    assert fill(pricer) == [f"Filled, from today on: {MODEL}, mistral-tiny-2312."]


def test_what_has_no_price_or_no_clear_one_is_said_and_not_guessed(
    pricer: Client, settings: Any, upstream: Upstream
) -> None:
    settings.MODELS = [MODEL, OTHER, "withdrawn", "<b>odd</b>"]
    upstream.pricing = {OTHER: {"input": 0.2, "output": 0.2}}
    assert fill(pricer) == [
        f"“{MODEL}”: the provider gives no price for it.",
        f"“{OTHER}”: the provider does not say how many tokens its price is for.",
        "Not in the provider&#x27;s list: withdrawn, &lt;b&gt;odd&lt;/b&gt;.",
    ]
    assert prices() == []


@pytest.mark.parametrize(
    ("play", "sentence"),
    [
        (Status(401, {"message": "no"}), "does not accept Parley&#x27;s key"),
        (Status(404), "The provider has no list of models at the address MODEL_API_BASE"),
        (Status(500), "has a problem of its own"),
        (Html(), "sent something that is not an answer"),
        (Status(200, {"models": []}), "sent something that is not an answer"),
        (Status(302, headers={"Location": "http://127.0.0.1:9/"}), "address has moved"),
        (Answer(ending=Reset(-1)), "cannot be reached"),
    ],
)
def test_an_error_of_the_provider_changes_nothing_and_is_said_in_plain_words(
    pricer: Client, upstream: Upstream, play: Any, sentence: str
) -> None:
    price(3, 1, 1)
    upstream.models_play = play
    (said,) = fill(pricer)
    assert said.startswith("No price was changed. ")
    assert sentence in said
    assert "sk-secret" not in said
    assert prices() == [(MODEL, 3, 1, 1)]


def test_with_the_embedded_model_there_is_nothing_to_fill_from(
    pricer: Client, settings: Any, upstream: Upstream
) -> None:
    settings.EMBEDDED_MODEL = True
    sentence = "The embedded model answers here: there is no provider to fill prices from."
    assert fill(pricer) == [sentence]
    assert upstream.listings == []


def test_who_may_not_enter_prices_may_not_fill_them(
    guest: Client, charlies: Client, bobs: Client, upstream: Upstream
) -> None:
    assert guest.post(FILL).status_code == 302
    assert charlies.post(FILL).status_code in {302, 403}
    assert bobs.post(FILL).status_code == 403
    assert upstream.listings == []
    assert "Fill from the provider" not in bobs.get(LIST).content.decode()


def test_it_is_a_button_and_no_link(pricer: Client, bob: User, upstream: Upstream) -> None:
    assert reverse("admin:chat_price_fill") == FILL
    assert "<button>Fill from the provider</button>" in pricer.get(LIST).content.decode()
    assert pricer.get(FILL).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(FILL).status_code == 403
    assert upstream.listings == []
