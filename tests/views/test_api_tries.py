"""Trying the API on its page: it is the API that answers, with a key of one's own, on the ledger."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpResponse
from django.test import AsyncClient, Client

from chat.models import ApiKey, Call, Period, Unit, User
from tests.running import Running
from tests.upstream import Answer, Status, Upstream
from tests.usage.test_budgets import budget

HTMX = {"HX-Request": "true"}


@pytest.fixture
def key(process: Running, alice: User) -> ApiKey:
    return ApiKey.objects.issue(alice, name="Hers")[0]


def try_it(
    process: Running, client: Client, key: ApiKey | str, text: str = "Hello", **headers: str
) -> HttpResponse:
    async def post() -> Any:
        browser = AsyncClient()
        browser.cookies = client.cookies
        number = str(key.pk) if isinstance(key, ApiKey) else key
        try:
            return await browser.post("/api-keys/try/", {"key": number, "text": text}, headers=headers)
        finally:
            await sync_to_async(
                connections.close_all
            )()  # of the thread that Django's synchronous code ran in

    answer: HttpResponse = process.run(post())
    return answer


def test_refusals(
    process: Running,
    guest: Client,
    alices: Client,
    charlies: Client,
    bobs: Client,
    key: ApiKey,
    upstream: Upstream,
) -> None:
    assert try_it(process, guest, key).status_code == 401  # which gives the text back
    assert alices.get("/api-keys/try/").status_code == 405
    for stranger in (charlies, bobs):
        for theirs in (key, "0", "99999999999999999999", "x", ""):
            answer = try_it(process, stranger, theirs)
            assert answer.status_code == 422
            assert "Choose one of your keys that are enabled." in answer.content.decode()
            assert key.prefix not in answer.content.decode()
    assert not Call.objects.exists()
    assert upstream.records == []


def test_the_answer_is_shown_as_a_program_gets_it(
    process: Running, alices: Client, key: ApiKey, upstream: Upstream
) -> None:
    upstream.play(Answer("<b>Hello</b> you", usage=(2, 42)))

    answer = try_it(process, alices, key, "Say <hello>", **HTMX)

    shown = answer.content.decode()
    call = Call.objects.get()
    assert answer.status_code == 200
    assert "200 OK" in shown
    assert str(call.request_id) in shown
    assert "x-ratelimit-remaining-requests" in shown
    assert "&lt;b&gt;Hello&lt;/b&gt; you" in shown
    assert "<b>" not in shown
    assert "no-store" in answer.headers["Cache-Control"]
    record = upstream.record()
    assert record.body["messages"] == [{"role": "user", "content": "Say <hello>"}]
    assert (call.source, call.status, call.api_key_id, call.user_id) == ("api", "done", key.pk, key.user_id)
    assert (call.prompt_tokens, call.completion_tokens) == (2, 42)
    key.refresh_from_db()
    assert key.last_used_at is not None


def test_the_answer_brings_what_the_key_has_used_by_now(
    process: Running, alices: Client, alice: User, key: ApiKey
) -> None:
    other, _ = ApiKey.objects.issue(alice, name="Another of hers")
    shown = try_it(process, alices, key, **HTMX).content.decode()
    target = f'<hx-partial hx-target="#key-{key.pk}-facts" hx-swap="outerHTML">'
    facts = shown[shown.index(target) : shown.index("</hx-partial>")]
    assert "1 request, " in facts
    assert "<dd>never</dd>" not in facts
    assert f"key-{other.pk}-facts" not in shown


def test_without_a_script_the_answer_comes_with_the_page(
    process: Running, alices: Client, key: ApiKey, upstream: Upstream
) -> None:
    upstream.play(Answer("Good day"))
    answer = try_it(process, alices, key, "Good morning")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "200 OK" in page
    assert "Good day" in page
    assert "Good morning</textarea>" in page
    assert "1 request, " in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_the_provider_refuses_is_shown_too(
    process: Running, alices: Client, key: ApiKey, upstream: Upstream, headers: dict[str, str]
) -> None:
    upstream.play(Status(401, {"message": "no such key"}))
    answer = try_it(process, alices, key, **headers)
    assert answer.status_code == 200
    assert "502 Bad Gateway" in answer.content.decode()
    assert Call.objects.get().status == "failed"


def test_a_budget_holds(
    process: Running, alices: Client, alice: User, key: ApiKey, upstream: Upstream
) -> None:
    budget(user=alice, period=Period.DAY, unit=Unit.REQUESTS, limit=0)
    answer = try_it(process, alices, key, **HTMX)
    assert "429 Too Many Requests" in answer.content.decode()
    assert "insufficient_quota" in answer.content.decode()
    assert not Call.objects.exists()
    assert upstream.records == []


def test_a_disabled_key_is_not_offered_and_not_used(
    process: Running, alices: Client, key: ApiKey, upstream: Upstream
) -> None:
    key.enable(False)
    assert "Create a key, or enable one" in alices.get("/api-keys/").content.decode()
    answer = try_it(process, alices, key, **HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#tried")
    assert "Choose one of your keys that are enabled." in answer.content.decode()
    assert upstream.records == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \n", "Write a message first."),
        ("a\x00b", "The text holds NUL characters"),
        ("x" * 100_001, "The message has 100,001 characters"),
    ],
)
def test_a_message_that_cannot_be_is_refused_and_stays(
    process: Running, alices: Client, key: ApiKey, upstream: Upstream, text: str, sentence: str
) -> None:
    for headers in ({}, HTMX):
        answer = try_it(process, alices, key, text, **headers)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert upstream.records == []


def test_while_the_site_restarts_that_is_the_answer(process: Running, alices: Client, key: ApiKey) -> None:
    process.run(process.gateway.drain(0))
    answer = try_it(process, alices, key, **HTMX)
    assert "503 Service Unavailable" in answer.content.decode()
    assert "Parley is restarting." in answer.content.decode()
