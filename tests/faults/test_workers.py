"""Several workers behind one address: nobody can tell which one runs a reply, and one that dies loses nothing."""

import os
import random
import re
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.cast import PASSWORD
from tests.flows.events import Reader, events_path
from tests.flows.test_restart import prose, state
from tests.site import Site, ask, post, wait_for
from tests.upstream import Answer, Gate, Upstream

WORKERS = 3
TRIES = 8  # connections, so that several workers are met
SETTLED = 40.0  # s after its worker was killed, where twelve are usual: a busy machine begins to count anew
STREAMS = 50


@pytest.fixture
def site(start: Callable[..., Site], database: dict[str, str]) -> Site:
    return start(WEB_CONCURRENCY=str(WORKERS), GRACE_SECONDS="20", **database)


@pytest.fixture
def alice(site: Site) -> httpx.Client:
    """Every request of hers has a connection, and so perhaps a worker, of its own."""
    client = site.set_up()
    fresh = httpx.Client(
        base_url=site.url,
        timeout=30.0,
        limits=httpx.Limits(max_keepalive_connections=0),
        cookies=client.cookies,
    )
    client.close()
    return fresh


def test_readers_at_any_worker_see_the_same_text_grow(
    site: Site, alice: httpx.Client, upstream: Upstream
) -> None:
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)))
    path = events_path(alice, ask(alice, "Hello"))

    with ExitStack() as stack:
        readers = [stack.enter_context(Reader(site, alice, path)) for _ in range(TRIES)]
        for reader in readers:
            reader.read_until("First words,")
        middle.release()
        for reader in readers:
            assert reader.read_all().count("First words, and then the end.</template>") == 1
            assert reader.events[-1].name == "end"


def test_stop_at_any_worker_closes_the_upstream_within_half_a_second(
    alice: httpx.Client, upstream: Upstream
) -> None:
    upstream.play(*(Answer("First words, and then the end.", gates=(Gate(at=2),)) for _ in range(TRIES)))
    took = []
    for number in range(TRIES):
        conversation = ask(alice, "Hello")
        path = events_path(alice, conversation)
        record = upstream.record(number)
        wait_for(lambda page=conversation: prose_of(alice, page) == "First words,", "the text")

        pressed = monotonic()
        assert post(alice, path.replace("events", "stop")).status_code == 303

        assert record.closed.wait(5)
        assert record.closed_at is not None
        took.append(record.closed_at - pressed)
        wait_for(lambda page=conversation: state(alice, page) == "stopped", "the end")
    assert sorted(took)[-2] < 0.5  # one may fall together with what else the machine does


def test_ten_equal_sends_make_one_message_and_lead_to_it(alice: httpx.Client, upstream: Upstream) -> None:
    upstream.play(Answer("Once."), Answer("Twice."))
    send_id = str(uuid4())

    with ThreadPoolExecutor(10) as senders:
        sent = list(
            senders.map(lambda _: post(alice, "/conversations/", text="Hello", send_id=send_id), range(10))
        )

    (conversation,) = {answer.headers["location"] for answer in sent}
    wait_for(lambda: prose(alice, conversation) == "Once.", "the answer")
    assert alice.get(conversation).text.count("<article") == 2
    assert len(upstream.records) == 1
    assert post(alice, "/conversations/", text="Other", send_id=send_id).status_code == 409

    again = str(uuid4())
    messages = f"{conversation}messages/"
    with ThreadPoolExecutor(10) as senders:
        sent = list(senders.map(lambda _: post(alice, messages, text="And?", send_id=again), range(10)))
    assert {answer.status_code for answer in sent} == {303}
    wait_for(lambda: prose(alice, conversation) == "Twice.", "the second answer")
    assert len(upstream.records) == 2


def test_the_queue_is_one_for_all_workers_and_nobody_is_starved(
    start: Callable[..., Site], database: dict[str, str], upstream: Upstream
) -> None:
    site = start(WEB_CONCURRENCY="3", RUNNING_REPLIES="2", **database)
    client = site.set_up()
    bob = add_user(site, client, "bob")
    gates = [Gate(at=1) for _ in range(4)]
    upstream.play(*(Answer("One two", gates=(gate,)) for gate in gates))
    pages = [ask(client, f"Alice {number}") for number in range(4)]
    upstream.record(1)
    burst = [state(client, page) for page in pages]
    assert sorted(burst) == ["queued", "queued", "running", "running"]
    assert "replies are ahead" in client.get(pages[3]).text or "yours is next" in client.get(pages[2]).text

    bobs = ask(bob, "Bob's first")
    gates[0].release()

    record = upstream.record(2)
    assert record.prompt == "Bob's first"
    for gate in gates:
        gate.release()
    for page in pages:
        wait_for(lambda page=page: state(client, page) == "done", "Alice's answers")
    wait_for(lambda: state(bob, bobs) == "done", "Bob's answer")


def test_a_killed_worker_loses_nothing_that_was_shown_and_its_replies_are_settled(
    site: Site, alice: httpx.Client, upstream: Upstream
) -> None:
    words = [f"word{number} " for number in range(3000)]
    upstream.play(*(Answer(words, delay=0.02) for _ in range(STREAMS)))
    pages = [ask(alice, f"Question {number}") for number in range(STREAMS)]
    paths = [events_path(alice, page) for page in pages]
    with ExitStack() as stack:
        readers = [stack.enter_context(Reader(site, alice, path)) for path in paths]
        for reader in readers:
            reader.read_until("word20 ")

        os.kill(random.choice(site.workers), signal.SIGKILL)
        killed = monotonic()

        with ThreadPoolExecutor(8) as looking:
            stored = dict(
                zip(pages, looking.map(lambda page: prose_of(alice, page).split(), pages), strict=True)
            )
            wait_for(
                lambda: any(state(alice, page) == "interrupted" for page in pages), "a lost reply", SETTLED
            )
            wait_for(
                lambda: all(looking.map(lambda page: is_settled_or_grows(alice, page, stored[page]), pages)),
                "all others to go on",
                SETTLED,
            )
        assert monotonic() - killed < SETTLED
        for reader, page in zip(readers, pages, strict=True):
            shown = len(set(re.findall(r"word\d+", reader.text)))
            assert shown <= len(stored[page]), page
            assert "".join(words).startswith(" ".join(stored[page]))
        interrupted = [page for page in pages if state(alice, page) == "interrupted"]
        assert 0 < len(interrupted) < STREAMS
    assert len(upstream.records) == STREAMS


def talks_to(worker: int, upstream: Upstream) -> bool:
    """Whether this process has a connection to the upstream, and so a reply of its own (proc(5))."""
    port = urlsplit(upstream.url).port
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{row[9]}]" for row in rows if int(row[2].split(":")[1], 16) == port}
    return any(
        str(file.readlink()) in sockets for file in Path(f"/proc/{worker}/fd").iterdir() if file.is_symlink()
    )


def test_a_paused_worker_writes_nothing_when_it_comes_back(
    site: Site, alice: httpx.Client, upstream: Upstream
) -> None:
    gates = [Gate(at=2) for _ in range(6)]
    upstream.play(*(Answer("First words, and then the end.", gates=(gate,)) for gate in gates))
    pages = [ask(alice, f"Question {number}") for number in range(6)]
    for page in pages:
        wait_for(lambda page=page: prose_of(alice, page) == "First words,", "the text")
    others = {page: state(alice, page) for page in pages}
    assert set(others.values()) == {"running"}
    paused = next(worker for worker in site.workers if talks_to(worker, upstream))

    os.kill(paused, signal.SIGSTOP)
    try:
        awake = client_of_a_worker_that_answers(site, alice)
        wait_for(
            lambda: any(state(awake, page) == "interrupted" for page in pages),
            "the paused worker's replies to be settled",
            40,
        )
    finally:
        os.kill(paused, signal.SIGCONT)
    for gate in gates:
        gate.release()

    for page in pages:
        wait_for(lambda page=page: state(alice, page) in {"done", "interrupted"}, "the ends")
    ended = {page: (state(alice, page), prose(alice, page)) for page in pages}
    assert set(ended.values()) <= {
        ("done", "First words, and then the end."),
        ("interrupted", "First words,"),
    }
    assert ("interrupted", "First words,") in ended.values()
    for record in upstream.records:
        assert record.ended.wait(10)


def test_a_rolling_restart_under_load_loses_nothing_and_shows_no_error(
    site: Site, alice: httpx.Client, upstream: Upstream
) -> None:
    slow = Answer([f"word{number} " for number in range(60)], delay=0.05)
    upstream.default = lambda record: slow
    before = set(site.workers)
    answers: list[httpx.Response] = []

    def load(number: int) -> str:
        with httpx.Client(base_url=site.url, timeout=30.0, cookies=alice.cookies) as browser:
            page = ask(browser, f"Question {number}")
            for _ in range(5):
                answers.append(browser.get(page))
            return page

    with ThreadPoolExecutor(4) as browsers:
        sent = [browsers.submit(load, number) for number in range(8)]
        os.kill(site.pid, signal.SIGHUP)
        sent += [browsers.submit(load, number) for number in range(8, 24)]
        pages = [page.result(60) for page in sent]

    assert {answer.status_code for answer in answers} == {200}
    wait_for(lambda: not before & set(site.workers), "the old workers to go", 40)
    for page in pages:
        wait_for(lambda page=page: state(alice, page) == "done", "every reply to be done", 30)
    assert "Traceback" not in site.log


def prose_of(client: httpx.Client, page: str) -> str:
    """The text of the newest reply, open or not, without the sentence that says how it ended."""
    found = re.search(
        r'<div class="prose"[^>]*>(.*?)(?:<p class="end|<div class="message-foot)',
        client.get(page).text,
        re.DOTALL,
    )
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


def is_settled_or_grows(client: httpx.Client, page: str, before: list[str]) -> bool:
    return state(client, page) != "running" or len(prose_of(client, page).split()) > len(before)


def client_of_a_worker_that_answers(site: Site, client: httpx.Client) -> httpx.Client:
    """A browser whose connection is kept."""
    while True:
        kept = httpx.Client(base_url=site.url, timeout=1.0, cookies=client.cookies)
        try:
            kept.get("/healthz")
        except httpx.TimeoutException:
            kept.close()
        else:
            kept.timeout = 30.0
            return kept


def add_user(site: Site, administrator: httpx.Client, name: str) -> httpx.Client:
    add = "/admin/chat/user/add/"
    administrator.get(add).raise_for_status()
    fields = {"username": name, "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    assert post(administrator, add, **fields).status_code == 302
    return site.log_in(name)
