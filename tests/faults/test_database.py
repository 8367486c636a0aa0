"""A database that is locked, full, read-only or gone: a clear refusal, the draft kept, and it heals by itself."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.faults.test_workers import prose_of
from tests.flows.conftest import KEY
from tests.flows.events import Reader, events_path
from tests.flows.test_restart import prose, state
from tests.postgres import Postgres
from tests.site import Site, ask, post, wait_for
from tests.upstream import Answer, Gate, Upstream

LOCKED = 11.0  # s
HEALED = 30.0  # s
RUSH = 8  # requests at once: as many as may hold a connection
WHOLE = "First words, and then the end."


@pytest.fixture
def middle(upstream: Upstream) -> Iterator[Gate]:
    """Holds the first answer after two words."""
    gate = Gate(at=2)
    upstream.play(Answer(WHOLE, gates=(gate,)))
    yield gate
    gate.release()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    if os.getuid() != 0:
        pytest.skip("only root may mount a small file system")
    home = tmp_path / "small"
    home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(home)], check=True)
    yield home
    subprocess.run(["umount", "--lazy", str(home)], check=True)


def refused(client: httpx.Client, upstream: Upstream) -> None:
    """A send gets a 503 in plain words, and the model is not asked."""
    before = len(upstream.records)
    answer = post(client, "/conversations/", text="My draft", send_id=str(uuid4()))
    assert answer.status_code == 503, answer.text
    assert "database does not answer" in answer.text
    assert "My draft</textarea>" in answer.text
    assert len(upstream.records) == before


def heals(client: httpx.Client, upstream: Upstream) -> None:
    upstream.play(Answer("Healed."))
    wait_for(lambda: client.get("/healthz").status_code == 200, "the database to answer", HEALED)
    page = ask(client, "And now?")
    wait_for(lambda: prose(client, page) == "Healed.", "an answer", HEALED)


def test_a_database_that_is_locked_for_ten_seconds_loses_nothing(
    start: Callable[..., Site], upstream: Upstream, middle: Gate
) -> None:
    site = start(WEB_CONCURRENCY="2")
    alice = site.set_up()
    page = ask(alice, "Hello")
    with Reader(site, alice, events_path(alice, page)) as reader:
        reader.read_until("First words,")
        other = sqlite3.connect(site.data_dir / "parley.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        middle.release()
        assert upstream.record().ended.wait(10)
        sleep(LOCKED)  # the fault itself
        assert "and then" not in reader.text  # what is not stored is not shown
        other.execute("ROLLBACK")
        other.close()
        reader.read_all()
    assert (state(alice, page), prose(alice, page)) == ("done", WHOLE)
    heals(alice, upstream)


def test_a_full_disk_refuses_sends_and_heals_when_there_is_room(
    upstream: Upstream, middle: Gate, small_disk: Path
) -> None:
    site = Site(
        small_disk, MODEL_API_BASE=upstream.url, MODEL_API_KEY=KEY, LOG_LEVEL="CRITICAL", GRACE_SECONDS="2"
    ).start()
    try:
        alice = site.set_up()
        page = ask(alice, "Hello")
        wait_for(lambda: prose_of(alice, page) == "First words,", "the text")
        fill(small_disk / "filler")

        refused(alice, upstream)
        middle.release()
        assert upstream.record().ended.wait(10)
        (small_disk / "filler").unlink()

        wait_for(lambda: state(alice, page) == "done", "the running reply to go on", HEALED)
        assert prose(alice, page) == WHOLE
        heals(alice, upstream)
    finally:
        site.end()


def test_a_postgresql_that_is_gone_refuses_sends_and_heals(
    start: Callable[..., Site], upstream: Upstream, middle: Gate, postgres: Postgres
) -> None:
    site = start(WEB_CONCURRENCY="2", DATABASE_URL=postgres.create("gone"))
    alice = site.set_up()
    page = ask(alice, "Hello")
    wait_for(lambda: prose_of(alice, page) == "First words,", "the text")

    postgres.halt()
    try:
        refused(alice, upstream)
        middle.release()
        assert upstream.record().ended.wait(10)
        assert alice.get("/healthz").status_code == 503
    finally:
        postgres.start()

    wait_for(lambda: alice.get("/healthz").status_code == 200, "the database to answer", HEALED)
    wait_for(lambda: state(alice, page) == "done", "the running reply to go on", HEALED)
    assert prose(alice, page) == WHOLE
    heals(alice, upstream)


def test_a_postgresql_that_may_only_be_read_refuses_sends_and_heals(
    start: Callable[..., Site], upstream: Upstream, middle: Gate, postgres: Postgres
) -> None:
    site = start(DATABASE_URL=postgres.create("readonly"))
    alice = site.set_up()
    page = ask(alice, "Hello")
    wait_for(lambda: prose_of(alice, page) == "First words,", "the text")
    postgres.execute('ALTER DATABASE "readonly" SET default_transaction_read_only = on')
    postgres.cut_connections("readonly")

    refused(alice, upstream)
    middle.release()
    assert upstream.record().ended.wait(10)
    postgres.execute('ALTER DATABASE "readonly" SET default_transaction_read_only = off')
    postgres.cut_connections("readonly")

    wait_for(lambda: state(alice, page) == "done", "the running reply to go on", HEALED)
    assert prose(alice, page) == WHOLE
    heals(alice, upstream)


def test_cut_connections_are_opened_again_without_anybody_noticing(
    start: Callable[..., Site], upstream: Upstream, middle: Gate, postgres: Postgres
) -> None:
    site = start(WEB_CONCURRENCY="2", DATABASE_URL=postgres.create("cut"))
    alice = site.set_up()
    page = ask(alice, "Hello")
    with Reader(site, alice, events_path(alice, page)) as reader:
        reader.read_until("First words,")
        postgres.cut_connections("cut")
        middle.release()
        assert f"{WHOLE}</template>" in reader.read_all()
    assert (state(alice, page), prose(alice, page)) == ("done", WHOLE)
    heals(alice, upstream)


def test_connections_cut_after_a_rush_refuse_nobody(start: Callable[..., Site], postgres: Postgres) -> None:
    """A rush leaves many idle connections in the pool; each of them is dead once the server was restarted."""
    site = start(DATABASE_URL=postgres.create("rush"))
    alice = site.set_up()
    with psycopg.connect(postgres.url("rush")) as other, ThreadPoolExecutor(RUSH) as threads:
        other.execute("LOCK TABLE chat_conversation")
        rush = [threads.submit(alice.get, "/search/?q=word") for _ in range(RUSH)]
        # The site itself looks at conversations now and then, and waits as well
        wait_for(lambda: postgres.waiting("rush") >= RUSH, "every request to hold a connection")
        other.rollback()
        assert {page.result().status_code for page in rush} == {200}
        postgres.cut_connections("rush")
        rush = [threads.submit(alice.get, "/search/?q=word") for _ in range(RUSH)]
        assert {page.result().status_code for page in rush} == {200}
    assert alice.get("/search/?q=word").status_code == 200


def fill(file: Path) -> None:
    """Write until the file system is full."""
    with file.open("wb", buffering=0) as filler:
        block = shutil.disk_usage(file.parent).free
        while block:
            try:
                filler.write(b"\0" * block)
            except OSError:
                block //= 2
