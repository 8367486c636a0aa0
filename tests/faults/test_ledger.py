"""A thousand deeds at random on three workers: the ledger is the upstream's journal, call for call."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from tests.chaos.ground import port_owner
from tests.chaos.stored import Database
from tests.faults.ledger.books import DIED, Price, Row, disagreements, rows_of
from tests.faults.ledger.counters import left, miscounted
from tests.faults.ledger.mix import Person, Tally
from tests.faults.ledger.script import Script
from tests.faults.ledger.weather import SLOW, WORDS, Weather
from tests.faults.test_workers import add_user
from tests.site import Site, wait_for
from tests.upstream import MODEL, Answer, Record, Upstream

SEED = 20261125
DEEDS = 1000
BROWSERS = ("alice", "alice", "alice", "bob", "bob", "charlie", "charlie", "charlie")
API = {"API_REQUESTS_A_MINUTE": "1000", "API_STREAMS_A_KEY": "100"}
SCRIPTS = ("alice", "charlie")
PATIENCE = 400.0  # s for all deeds, on a machine that is busy with others
SETTLED = 40.0  # s after the last deed: a killed worker is called dead after 10 s
PRICE = Price(prompt=250, completion=750)
PREPARED = f"""
from django.contrib.auth.models import Group
from chat.models import Price, User
Price.objects.create(model={MODEL!r}, starts_on="2026-01-01",
    prompt_nano_usd={PRICE.prompt}, completion_nano_usd={PRICE.completion})
User.objects.get(username="bob").groups.add(Group.objects.create(name="team"))
"""
CAME = {  # ends of rows of which a mix has some, or it proves little
    ("chat", "done", "provider"),
    ("chat", "done", "estimate"),
    ("chat", "stopped", "estimate"),
    ("chat", "interrupted", "provider"),
    ("chat", "interrupted", "estimate"),
    ("chat", "failed", "none"),
    ("chat", "failed", "estimate"),
    ("api", "done", "provider"),
    ("api", "done", "estimate"),
    ("api", "stopped", "estimate"),
    ("api", "failed", "none"),
    ("api", "failed", "estimate"),
    ("title", "done", "provider"),
    ("title", "done", "estimate"),
    ("title", "stopped", "estimate"),
    ("title", "failed", "none"),
}


@pytest.fixture
def site(start: Callable[..., Site], database: dict[str, str]) -> Site:
    return start(WEB_CONCURRENCY="3", MAX_TOKENS="64", **API, **database)


@pytest.fixture
def stored(site: Site, database: dict[str, str]) -> Database:
    url = database.get("DATABASE_URL", "").replace("postgres:", "postgresql:")
    return Database(url or Path(site.data_dir) / "parley.sqlite3")


@pytest.mark.timeout(900)  # s: about 60 on two cores
def test_the_ledger_is_the_journal_of_the_upstream(site: Site, stored: Database, upstream: Upstream) -> None:
    upstream.default = Weather(SEED)
    tally = Tally()
    everybody = [*crowd(site, stored, tally), *scripts(site, tally)]
    set_budget(site, "--everyone", "--period", "month", "--requests", "100000")
    set_budget(site, "--user", "charlie", "--period", "day", "--requests", "180")
    set_budget(site, "--group", "team", "--period", "week", "--usd", "0.9")

    with ThreadPoolExecutor(len(everybody)) as living:
        lives = [living.submit(one.live, DEEDS // len(everybody)) for one in everybody]
        wait_for(lambda: tally.deeds > DEEDS // 3, "a third of the deeds", PATIENCE)
        set_budget(site, "--everyone", "--period", "week", "--tokens", "10000000")
        wait_for(lambda: kill_a_writer(site, upstream), "a worker that writes", PATIENCE)
        for life in lives:
            life.result(PATIENCE)
    wait_for(lambda: not left(stored), "everything to be settled", SETTLED)
    for record in upstream.records:
        assert record.ended.wait(5)

    ledger = rows_of(stored)
    assert list(disagreements(upstream.records, ledger, PRICE)) == []
    assert list(miscounted(stored, ledger)) == []
    assert site.manage("checkledger").startswith("All is well: ")
    assert "Traceback" not in site.log
    assert tally.deeds >= DEEDS

    assert_it_was_a_mix(ledger, tally)


def crowd(site: Site, stored: Database, tally: Tally) -> list[Person]:
    alice = site.set_up()
    cookies = {name: add_user(site, alice, name).cookies for name in ("bob", "charlie")}
    cookies["alice"] = alice.cookies
    site.manage("shell", "-v", "0", "-c", PREPARED)
    return [
        Person(site, stored, cookies[name], tally, Random(f"{SEED} {number}"), f"{name}-{number}")
        for number, name in enumerate(BROWSERS)
    ]


def scripts(site: Site, tally: Tally) -> list[Script]:
    keys = [site.manage("createapikey", name, "--name", "mix").strip() for name in SCRIPTS]
    return [
        Script(site, key, tally, Random(f"{SEED} key {number}"), f"key-{number}")
        for number, key in enumerate(keys)
    ]


def set_budget(site: Site, *arguments: str) -> None:
    site.manage("setbudget", *arguments)


def kill_a_writer(site: Site, upstream: Upstream) -> bool:
    """A worker in the first half of a slow answer, if there is one now."""
    slow = [record for record in list(upstream.records) if is_at_its_beginning(record)]
    owners = port_owner(site.workers, {record.peer for record in slow})
    if owners:
        os.kill(next(iter(owners.values())), signal.SIGKILL)
    return bool(owners)


def is_at_its_beginning(record: Record) -> bool:
    is_slow = isinstance(record.play, Answer) and record.play.delay >= SLOW
    return is_slow and 0 < len(record.deltas) < WORDS // 2 and not record.ended.is_set()


def assert_it_was_a_mix(ledger: list[Row], tally: Tally) -> None:
    assert {(row.source, row.status, row.usage_source) for row in ledger} >= CAME
    assert any(row.error == DIED for row in ledger)
    refused = {deed for deed, status in tally.answers if status == 429}
    assert refused >= {"begin", "go on", "regenerate", "edit", "title"}
    begun = {deed for deed, status in tally.answers if status in (200, 303)}
    pressed = {"begin", "go on", "stop", "regenerate", "edit", "continue", "title", "delete"}
    assert begun >= {*pressed, "whole", "stream", "leave"}
    assert not any(status == 500 for _, status in tally.answers)
