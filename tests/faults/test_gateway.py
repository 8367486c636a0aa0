"""The API over three workers, on each database: hang-ups, a killed worker, revoked keys, budgets under a rush."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import httpx
import pytest

from tests.faults.test_budgets import ledger
from tests.gateway.asking import HELLO, PATH
from tests.gateway.live import key_for
from tests.site import Site, wait_for
from tests.upstream import Answer, Gate, Status, Upstream

SENDS = 50
REQUESTS = 5
SETTLED = 40.0  # s after its worker was killed


@pytest.fixture
def site(start: Callable[..., Site], database: dict[str, str]) -> Site:
    limits = {"API_REQUESTS_A_MINUTE": "100000", "API_STREAMS_A_KEY": "100"}
    return start(WEB_CONCURRENCY="3", GRACE_SECONDS="20", **limits, **database)


@pytest.fixture
def alice(site: Site) -> httpx.Client:
    """Her browser keeps no connection: a worker that is killed takes none of hers with it."""
    once = httpx.Limits(max_keepalive_connections=0)
    browser = site.set_up()
    fresh = httpx.Client(base_url=site.url, timeout=30.0, limits=once, cookies=browser.cookies)
    browser.close()
    return fresh


@pytest.fixture
def secret(site: Site, alice: httpx.Client) -> str:
    return key_for(site, "alice")


def script(site: Site, secret: str) -> httpx.Client:
    return httpx.Client(base_url=site.url, timeout=60.0, headers={"Authorization": f"Bearer {secret}"})


def stream(client: httpx.Client, **fields: Any) -> Any:
    return client.stream("POST", PATH, json={**HELLO, "stream": True, **fields})


def at_once(site: Site, secret: str, number: int, **fields: Any) -> list[httpx.Response]:
    """So many requests at the same moment, each on a connection, and so perhaps at a worker, of its own."""
    ready = threading.Barrier(number)

    def ask(_: int) -> httpx.Response:
        with script(site, secret) as client:
            client.get("/healthz").raise_for_status()
            ready.wait(60)
            return client.post(PATH, json={**HELLO, **fields})

    with ThreadPoolExecutor(number) as askers:
        return list(askers.map(ask, range(number)))


def test_fifty_at_once_make_as_many_upstream_requests_as_the_budget_has(
    site: Site, alice: httpx.Client, secret: str, upstream: Upstream
) -> None:
    site.manage("setbudget", "--everyone", "--period", "month", "--requests", str(REQUESTS))

    answers = at_once(site, secret, SENDS)

    assert sorted(answer.status_code for answer in answers) == [200] * REQUESTS + [429] * (SENDS - REQUESTS)
    for answer in answers:
        if answer.status_code == 429:
            assert answer.json()["error"]["code"] == "insufficient_quota"
            assert int(answer.headers["retry-after"]) > 0
    assert len(upstream.records) == len(ledger(alice)) == REQUESTS
    assert "Traceback" not in site.log


def test_the_limits_of_a_key_hold_over_all_workers(
    start: Callable[..., Site], database: dict[str, str], upstream: Upstream
) -> None:
    site = start(WEB_CONCURRENCY="3", API_REQUESTS_A_MINUTE="7", API_STREAMS_A_KEY="100", **database)
    site.set_up()
    answers = at_once(site, key_for(site, "alice"), 20)
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [429] * 13
    assert len(upstream.records) == 7


@pytest.mark.parametrize("streams", [True, False])
def test_a_client_that_hangs_up_ends_the_upstream_request(
    site: Site, alice: httpx.Client, secret: str, upstream: Upstream, streams: bool
) -> None:
    upstream.play(Answer("One two three", gates=(Gate(at=2),)))
    with script(site, secret) as client:
        if streams:
            with stream(client) as answer:
                next(answer.iter_lines())
                left = monotonic()
        else:
            with pytest.raises(httpx.ReadTimeout):
                client.post(PATH, json=HELLO, timeout=5.0)
            left = monotonic()

    record = upstream.record()
    assert record.closed.wait(5)
    assert record.closed_at is not None
    assert record.closed_at - left < 1.0
    wait_for(lambda: ledger(alice)[0]["status"] == "stopped", "the row to be closed")
    (call,) = ledger(alice)
    assert (call["usage_source"], call["source"], call["error"]) == ("estimate", "api", "")
    assert int(call["completion_tokens"]) >= 1
    assert "Traceback" not in site.log


def test_a_disabled_key_ends_open_streams_within_five_seconds(
    site: Site, alice: httpx.Client, secret: str, upstream: Upstream
) -> None:
    upstream.play(Answer("One two three", gates=(Gate(at=2),)))
    with script(site, secret) as client, stream(client) as answer:
        lines = answer.iter_lines()
        next(lines)
        site.manage("shell", "-c", "from chat.models import *; ApiKey.objects.get().enable(False)")
        disabled = monotonic()
        rest = "".join(lines)
    assert monotonic() - disabled < 5.0
    assert '"code":"invalid_api_key"' in rest
    assert "[DONE]" not in rest
    assert upstream.record().closed.wait(5)
    wait_for(lambda: ledger(alice)[0]["status"] == "stopped", "the row to be closed")


def test_a_killed_worker_leaves_no_row_open(
    site: Site, alice: httpx.Client, secret: str, upstream: Upstream
) -> None:
    site.manage("setbudget", "--everyone", "--period", "month", "--requests", "3")
    upstream.play(*(Answer("One two three", gates=(Gate(at=2),)) for _ in range(3)))
    with (
        script(site, secret) as one,
        script(site, secret) as two,
        stream(one) as first,
        stream(two) as second,
    ):
        for answer in (first, second):
            next(answer.iter_lines())
        for worker in site.workers:
            os.kill(worker, signal.SIGKILL)

    wait_for(lambda: answers(site), "new workers")
    wait_for(lambda: {call["status"] for call in ledger(alice)} == {"interrupted"}, "recover", SETTLED)
    assert {call["error"] for call in ledger(alice)} == {"process_died"}
    assert "reserved by what runs now" not in alice.get("/usage/").text
    with script(site, secret) as client:
        upstream.clear()
        assert client.post(PATH, json=HELLO).status_code == 200
        assert client.post(PATH, json=HELLO).status_code == 429
    assert site.manage("checkledger")


def test_sigterm_lets_streams_end_and_tells_new_ones_to_come_again(
    site: Site, alice: httpx.Client, secret: str, upstream: Upstream
) -> None:
    gate = Gate(at=2)
    upstream.play(Answer("One two three", gates=(gate,)))
    with script(site, secret) as client, stream(client) as answer:
        lines = answer.iter_lines()
        first = next(lines)
        stopping = threading.Thread(target=site.stop, args=(40.0,))
        stopping.start()
        wait_for(lambda: not answers(site), "the site to take nothing new")
        gate.release()
        rest = "".join(lines)
    stopping.join()
    assert "One " in first
    assert "three" in rest
    assert "[DONE]" in rest
    site.start()
    assert [call["status"] for call in ledger(alice)] == ["done"]


def answers(site: Site) -> bool:
    try:
        return httpx.get(f"{site.url}/healthz", timeout=2.0).status_code == 200
    except httpx.HTTPError:
        return False


def test_retries_of_many_at_once_keep_to_the_budget(
    site: Site, alice: httpx.Client, secret: str, upstream: Upstream
) -> None:
    site.manage("setbudget", "--everyone", "--period", "week", "--requests", "30")
    site.manage("setbudget", "--user", "alice", "--period", "day", "--tokens", "1000000")
    upstream.default = lambda record: Status(503, headers={"Retry-After": "0"})

    answers = at_once(site, secret, 20)

    assert {answer.status_code for answer in answers} <= {503, 429}
    assert len(upstream.records) == len(ledger(alice)) == 30
    assert {call["status"] for call in ledger(alice)} == {"failed"}
    assert "Traceback" not in site.log
