"""A budget under parallel sends over several workers: not one request, and not one token, too many."""

import csv
import io
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from tests.flows.test_restart import state
from tests.site import Site, post, wait_for
from tests.upstream import Answer, Gate, Record, Status, Upstream

SENDS = 50
REQUESTS = 5
TOKENS = 20_000
ANSWER = 1000
PROMPT = 5  # tokens that the provider counts of "Hello"; Parley guesses 2 until it was told


@pytest.fixture
def site(start: Callable[..., Site], database: dict[str, str]) -> Site:
    return start(WEB_CONCURRENCY="3", GRACE_SECONDS="20", MAX_TOKENS=str(ANSWER), **database)


@pytest.fixture
def alice(site: Site) -> httpx.Client:
    return site.set_up()


def send_at_once(site: Site, alice: httpx.Client, number: int) -> list[httpx.Response]:
    """So many first messages at the same moment, each on a connection, and so perhaps at a worker, of its own."""
    ready = threading.Barrier(number)

    def send(_: int) -> httpx.Response:
        with httpx.Client(base_url=site.url, timeout=60.0, cookies=alice.cookies) as browser:
            browser.get("/healthz").raise_for_status()
            ready.wait(60)
            return post(browser, "/conversations/", text="Hello", send_id=str(uuid4()))

    with ThreadPoolExecutor(number) as senders:
        return list(senders.map(send, range(number)))


def ledger(alice: httpx.Client) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(alice.get("/usage/all.csv").text)))


def ended(alice: httpx.Client, answers: list[httpx.Response]) -> None:
    for answer in answers:
        page = answer.headers["location"]
        wait_for(lambda page=page: state(alice, page) in {"done", "failed"}, "the end")


def test_fifty_sends_at_once_make_as_many_upstream_requests_as_the_budget_has(
    site: Site, alice: httpx.Client, upstream: Upstream
) -> None:
    site.manage("setbudget", "--everyone", "--period", "month", "--requests", str(REQUESTS))
    gates = [Gate(at=1) for _ in range(REQUESTS)]
    upstream.play(*(Answer("One two", gates=(gate,)) for gate in gates))

    answers = send_at_once(site, alice, SENDS)

    sent = [answer for answer in answers if answer.status_code == 303]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert (len(sent), len(refused)) == (REQUESTS, SENDS - REQUESTS)
    for answer in refused:
        assert "is in use by replies that are running" in answer.text
        assert int(answer.headers["retry-after"]) > 0
    for gate in gates:
        gate.release()
    ended(alice, sent)
    late = post(alice, "/conversations/", text="Late", send_id=str(uuid4()))
    assert late.status_code == 429
    assert "is used up: 5 of 5 requests. It resets on" in late.text
    assert len(upstream.records) == len(ledger(alice)) == REQUESTS
    assert "Traceback" not in site.log


def test_what_a_token_budget_is_overshot_by_is_what_the_prompts_were_misjudged_by(
    site: Site, alice: httpx.Client, upstream: Upstream
) -> None:
    site.manage("setbudget", "--user", "alice", "--period", "day", "--tokens", str(TOKENS))
    upstream.default = as_long_as_may_be
    answers: list[httpx.Response] = []
    while not any("is used up" in answer.text or "too little left" in answer.text for answer in answers):
        answers = send_at_once(site, alice, SENDS)
        ended(alice, [answer for answer in answers if answer.status_code == 303])

    used = sum(int(call["prompt_tokens"]) + int(call["completion_tokens"]) for call in ledger(alice))
    assert TOKENS - 16 - PROMPT < used <= TOKENS + (PROMPT - 2) * len(upstream.records)
    shown = re.search(r"<strong>([\d,]+) of 20,000 tokens</strong>", alice.get("/usage/").text)
    assert shown
    assert int(shown[1].replace(",", "")) == used
    assert "reserved by what runs now" not in alice.get("/usage/").text
    assert "Traceback" not in site.log


def test_retries_of_many_replies_at_once_keep_to_the_budget(
    site: Site, alice: httpx.Client, upstream: Upstream
) -> None:
    site.manage("setbudget", "--everyone", "--period", "week", "--requests", "30")
    site.manage("setbudget", "--user", "alice", "--period", "day", "--tokens", "1000000")
    upstream.default = lambda record: Status(503, headers={"Retry-After": "0"})

    answers = send_at_once(site, alice, 20)

    assert {answer.status_code for answer in answers} <= {303, 429}  # some come after the others' retries
    ended(alice, [answer for answer in answers if answer.status_code == 303])
    assert len(upstream.records) == 30
    assert {call["status"] for call in ledger(alice)} == {"failed"}
    page = alice.get("/usage/").text
    assert "30 of 30 requests" in page
    assert "reserved by what runs now" not in page
    assert "Traceback" not in site.log


def as_long_as_may_be(record: Record) -> Answer:
    """An answer of exactly as many tokens as were allowed."""
    length = record.body["max_tokens"]
    return Answer(["w " * 20], usage=(PROMPT, length), finish="length")
