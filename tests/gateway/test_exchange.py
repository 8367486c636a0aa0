"""An exchange whose client is slow or gone, or whose process ends."""

import asyncio
from typing import Any

import pytest

from chat import gateway
from chat.gateway import Cut, Exchange, Refusal, exchange
from chat.models import Budget, Spending
from tests.gateway.asking import Script
from tests.gateway.test_keys import begin
from tests.upstream import Answer, Gate, Status, Upstream


def endless() -> Any:
    while True:
        yield "word " * 50


async def rest_of(running: Exchange) -> Refusal | None:
    """How it ends, after all that still waits is taken."""
    try:
        while await running.take():
            pass
    except Refusal as refusal:
        return refusal
    return None


def test_a_client_that_takes_nothing_is_let_go(
    script: Script, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And until then the upstream is not read on: what waits in memory is bounded."""
    monkeypatch.setattr(exchange, "SLOW", 0.3)
    upstream.play(Answer(endless()))

    async def ask() -> int:
        running = begin(script)
        assert running.task is not None
        await running.task
        taken = 0
        with pytest.raises(Refusal):
            while await running.take():
                taken += 1
        return taken

    assert script.running.run(ask()) == exchange.MOST_WAITING
    assert upstream.record().closed.wait(5)
    (call,) = script.calls
    assert (call.status, call.error, call.usage_source) == ("stopped", "client_too_slow", "estimate")


def test_a_client_that_goes_away_is_charged_for_what_came(script: Script, upstream: Upstream) -> None:
    upstream.play(Answer("w " * 20, gates=(Gate(at=10),)))

    async def ask() -> None:
        running = begin(script)
        taken = 0
        while taken < 20:
            taken += sum(len(chunk.text) for chunk in await running.take())
        running.cut(Cut.HUNG_UP)
        assert running.task is not None
        await running.task

    script.running.run(ask())
    (call,) = script.calls
    assert (call.status, call.error, call.completion_characters) == ("stopped", "", 20)


def test_a_client_that_goes_away_before_anything_was_asked_costs_nothing(
    script: Script, upstream: Upstream
) -> None:
    async def ask() -> None:
        running = begin(script)
        await asyncio.sleep(0)  # its task has begun to open the row
        running.cut(Cut.HUNG_UP)
        assert running.task is not None
        await running.task

    script.running.run(ask())
    (call,) = script.calls
    assert (call.status, call.usage_source, call.cost_nano_usd) == ("stopped", "none", 0)
    assert upstream.records == []


def test_a_client_that_goes_away_between_two_tries_ends_them(script: Script, upstream: Upstream) -> None:
    upstream.default = lambda record: Status(503, headers={"Retry-After": "50"})

    async def ask() -> None:
        running = begin(script)
        while len(script_rows()) < 2:
            await asyncio.sleep(0.01)
        running.cut(Cut.HUNG_UP)
        assert running.task is not None
        await running.task

    def script_rows() -> frozenset[int]:
        seen.update(script.running.process.scribe.calls)
        return frozenset(seen)

    seen: set[int] = set()
    script.running.run(ask())
    assert [call.status for call in script.calls] == ["failed", "stopped"]
    assert script.calls[1].usage_source == "none"
    assert len(upstream.records) == 1


def test_the_end_of_the_process_interrupts_what_does_not_end_in_time(
    script: Script, upstream: Upstream
) -> None:
    upstream.play(Answer("One two", gates=(Gate(at=1),)))

    async def ask() -> Refusal | None:
        running = begin(script)
        await running.take()
        await gateway.current().drain(0)
        return await rest_of(running)

    refusal = script.running.run(ask())
    assert refusal is not None
    assert (refusal.status, refusal.code) == (503, "restarting")
    (call,) = script.calls
    assert (call.status, call.error) == ("interrupted", "process_ended")


def test_no_reservation_outlives_its_request(script: Script, upstream: Upstream) -> None:
    Budget.objects.create(user=script.key.user, period="day", unit="tokens", limit=10**6)
    for text in ("Hello", "!status 400", "!cut 2", "!html", "!error 0"):
        script.ask(messages=[{"role": "user", "content": text}])
        script.ask(messages=[{"role": "user", "content": text}], stream=True)
    assert {counter.reserved for counter in Spending.objects.all()} == {0}
    assert not [call for call in script.calls if call.status == "running"]
