"""How much a key may ask: a minute, at once, and of its user's budgets."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import time_machine

from chat import gateway
from chat.models import AuditEntry, Budget, Call, Spending, User
from tests.gateway.asking import Script
from tests.gateway.test_keys import begin
from tests.upstream import Answer, Gate, Status, Upstream
from tests.usage.closing import opened


def test_so_many_requests_a_minute(script: Script, upstream: Upstream, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 2
    left = [script.ask().headers["x-ratelimit-remaining-requests"] for _ in range(2)]

    refused = script.ask(stream=True)

    assert left == ["1", "0"]
    assert refused.status == 429
    assert refused.error["type"] == "rate_limit_error"
    assert refused.error["code"] == "rate_limit_exceeded"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "x-should-retry" not in refused.headers
    assert len(upstream.records) == len(script.calls) == 2
    Call.objects.update(opened_at=datetime.now().astimezone() - timedelta(seconds=61))
    assert script.ask().status == 200


def test_the_limit_is_of_a_key(script: Script, charlie: User, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 1
    assert script.ask().status == 200
    assert script.ask().status == 429
    assert Script(script.running, charlie).ask().status == 200
    assert Script(script.running, script.key.user).ask().status == 200


def test_all_keys_of_a_person_have_a_limit_together(
    script: Script, charlie: User, upstream: Upstream, settings: Any
) -> None:
    settings.API_REQUESTS_A_MINUTE, settings.API_KEYS_TOGETHER = 2, 2
    user = script.key.user
    assert [script.ask().status for _ in range(3)] == [200, 200, 429]
    script.key.delete()
    answers = [Script(script.running, user).ask() for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[1].headers["x-ratelimit-remaining-requests"] == "1"
    refused = answers[2]
    assert refused.error["code"] == "rate_limit_exceeded"
    assert refused.error["message"] == "Your keys together may ask 4 times a minute, and have."
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert len(upstream.records) == 4
    assert Script(script.running, charlie).ask().status == 200


def test_all_keys_of_a_person_have_so_many_at_once_together(
    script: Script, charlie: User, settings: Any
) -> None:
    settings.API_STREAMS_A_KEY, settings.API_KEYS_TOGETHER = 1, 2
    user = script.key.user
    for number in (7, 8):
        opened(user, source="api", api_key_id=number)
    refused = script.ask()
    assert refused.status == 429
    assert refused.error["message"].startswith("Your keys together have 2 requests under way")
    assert Script(script.running, charlie).ask().status == 200


def test_the_headers_tell_the_limit(script: Script) -> None:
    headers = script.ask().headers
    assert headers["x-ratelimit-limit-requests"] == "60"
    assert headers["x-ratelimit-remaining-requests"] == "59"
    assert headers["x-ratelimit-reset-requests"] == "60s"


def test_so_many_at_once(script: Script, upstream: Upstream, settings: Any) -> None:
    settings.API_STREAMS_A_KEY = 2
    gates = [Gate(at=1), Gate(at=1)]
    upstream.play(*(Answer("One two", gates=(gate,)) for gate in gates))

    async def ask() -> gateway.Refusal:
        running = [begin(script), begin(script)]
        for exchange in running:
            await exchange.take()
        third = begin(script)
        try:
            await third.take()
        except gateway.Refusal as refusal:
            return refusal
        finally:
            for gate in gates:
                gate.release()
            await asyncio.wait([exchange.task for exchange in running if exchange.task])
        raise AssertionError("a third one was let in")

    refusal = script.running.run(ask())
    assert (refusal.status, refusal.code) == (429, "rate_limit_exceeded")
    assert refusal.retry_after
    assert [call.status for call in script.calls] == ["done", "done"]
    assert script.ask().status == 200


def test_a_budget_that_is_used_up_says_when_it_resets(script: Script, upstream: Upstream) -> None:
    Budget.objects.create(user=script.key.user, period="day", unit="requests", limit=1)
    assert script.ask().status == 200

    refused = script.ask()

    assert refused.status == 429
    assert refused.error["code"] == refused.error["type"] == "insufficient_quota"
    assert "is used up: 1 of 1 request. It resets on" in refused.error["message"]
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["x-should-retry"] == "false"
    assert script.ask().status == 429
    assert len(upstream.records) == len(script.calls) == 1
    (entry,) = AuditEntry.objects.filter(action="budget_refused")
    assert entry.actor == script.key.user


def test_a_model_that_nobody_knows_the_price_of_is_a_403(script: Script, upstream: Upstream) -> None:
    Budget.objects.create(user=script.key.user, period="day", unit="usd", limit=10**9)
    refused = script.ask()
    assert refused.status == 403
    assert "is not known here" in refused.error["message"]
    assert "Retry-After" not in refused.headers
    assert upstream.records == []


def test_a_budget_shortens_the_answer(script: Script, upstream: Upstream) -> None:
    Budget.objects.create(user=script.key.user, period="day", unit="tokens", limit=500)
    assert script.ask(max_tokens=1000).status == 200
    assert 450 < upstream.record().body["max_tokens"] < 500


def test_the_whole_prompt_is_reserved_of_a_budget(script: Script, upstream: Upstream) -> None:
    Budget.objects.create(user=script.key.user, period="day", unit="tokens", limit=500)
    tool = {"type": "function", "function": {"name": "f", "description": "d" * 4000}}
    for changes in ({"messages": [{"role": "user", "content": "m" * 4000}]}, {"tools": [tool]}):
        assert script.ask(**changes).status == 429
    assert upstream.records == []


def test_a_retry_that_the_budget_does_not_allow_is_not_made(script: Script, upstream: Upstream) -> None:
    Budget.objects.create(user=script.key.user, period="day", unit="requests", limit=2)
    upstream.default = lambda record: Status(503, headers={"Retry-After": "0"})

    refused = script.ask()

    assert refused.status == 429
    assert "is used up: 2 of 2 requests" in refused.error["message"]
    assert [call.status for call in script.calls] == ["failed", "failed"]
    assert [(counter.used, counter.reserved) for counter in Spending.objects.all()] == [(2, 0)]


def test_what_is_left_of_a_minute_is_told_in_seconds(script: Script, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 1
    with time_machine.travel(datetime(2026, 3, 14, 12, tzinfo=None).astimezone(), tick=False) as clock:
        script.ask()
        clock.shift(45)
        assert script.ask().headers["Retry-After"] == "15"
