"""A backup of a site in full swing, and back: on either database, and from SQLite to PostgreSQL."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import chosen
from tests.faults.test_workers import add_user, prose_of
from tests.flows.conftest import KEY
from tests.flows.test_restart import prose, state
from tests.site import Site, ask, wait_for
from tests.upstream import Answer, Upstream

STREAMS = 6
SETTLED = 40.0  # s after the start
WORDS = [f"word{number} " for number in range(20_000)]  # for longer than the test takes


@pytest.fixture
def elsewhere(tmp_path: Path, upstream: Upstream) -> Iterator[Callable[..., Site]]:
    """Sites that have not been started; they end with the test."""
    sites: list[Site] = []

    def make(**settings: str) -> Site:
        home = tmp_path / f"elsewhere-{len(sites)}"
        home.mkdir(mode=0o700)
        sites.append(
            Site(home, MODEL_API_BASE=upstream.url, MODEL_API_KEY=KEY, GRACE_SECONDS="2", **settings)
        )
        return sites[-1]

    yield make
    for site in sites:
        site.stop()


@pytest.mark.parametrize(
    ("vendor", "other"), [("sqlite", "sqlite"), ("postgresql", "postgresql"), ("sqlite", "postgresql")]
)
def test_a_site_in_full_swing_comes_back_as_it_was(
    request: pytest.FixtureRequest,
    start: Callable[..., Site],
    elsewhere: Callable[..., Site],
    upstream: Upstream,
    tmp_path: Path,
    vendor: str,
    other: str,
) -> None:
    same = chosen(request, vendor)
    site = start(WEB_CONCURRENCY="3", **same)
    alice = site.set_up()
    bob = add_user(site, alice, "bob")
    key = site.manage("createapikey", "bob", "--name", "ci").strip()
    site.manage("setbudget", "--user", "bob", "--period", "month", "--requests", "4321")
    upstream.play(Answer("Grüße aus Zürich."))
    finished = ask(alice, "Where from?")
    wait_for(lambda: state(alice, finished) == "done", "the first answer")
    upstream.play(*(Answer(WORDS, delay=0.02) for _ in range(STREAMS)))
    running = [ask(alice, f"Question {number}") for number in range(STREAMS)]
    for page in running:
        wait_for(lambda page=page: "word5 " in prose_of(alice, page), "text of every reply")

    file = tmp_path / "site.backup"
    over = threading.Event()
    with ThreadPoolExecutor(3) as senders:
        sent = [senders.submit(send_until, over, site, bob) for _ in range(2)]
        try:
            said = [site.manage("backup", str(file), "--force") for _ in range(2)]
        finally:
            over.set()
    sent_by_bob = [page for pages in sent for page in pages.result()]
    assert all(str(file) in line for line in said)
    assert len(sent_by_bob) >= 3
    assert [state(alice, page) for page in running] == ["running"] * STREAMS
    assert "database is locked" not in site.log
    assert "Traceback" not in site.log
    asked = len(upstream.records)
    with pytest.raises(subprocess.CalledProcessError) as refused:
        site.manage("restore", str(file), "--force")
    assert f"Parley is running with the data in {site.data_dir}" in refused.value.stderr
    if vendor == "postgresql":
        with pytest.raises(subprocess.CalledProcessError) as refused:
            elsewhere(**same).manage("restore", str(file), "--force")
        assert "stop Parley on every machine" in refused.value.stderr
    site.stop()

    back = elsewhere(WEB_CONCURRENCY="2", **chosen(request, other))
    assert "The site is as it was on 20" in back.manage("restore", str(file))
    back.start()
    carried = httpx.Client(base_url=back.url, timeout=30.0, cookies=alice.cookies)
    for page in running:
        wait_for(
            lambda page=page: state(carried, page) == "interrupted", "the replies to be settled", SETTLED
        )
        assert "".join(WORDS).startswith(prose(carried, page))
        assert "word5" in prose(carried, page)
    assert len(upstream.records) == asked  # nothing was asked again by itself
    assert prose(carried, finished) == "Grüße aus Zürich."
    assert finished in carried.get("/search/", params={"q": "zurich"}).text
    bobs = back.log_in("bob")
    assert "4,321" in bobs.get("/usage/").text
    upstream.play(Answer("By key."), Answer("As ever."))
    by_key = httpx.post(
        f"{back.url}/v1/chat/completions",
        headers={"Authorization": f"Bearer {key}"},
        json={"model": "mistralai/mistral-tiny", "messages": [{"role": "user", "content": "Hello"}]},
        timeout=30.0,
    )
    assert by_key.json()["choices"][0]["message"]["content"] == "By key."
    page = ask(bobs, "And now?")
    wait_for(lambda: prose(bobs, page) == "As ever.", "an answer")
    assert "All is well" in back.manage("checkledger")
    trail = carried.get("/audit/").text
    assert "the backup of 20" in trail


def send_until(over: threading.Event, site: Site, of: httpx.Client) -> list[str]:
    """Send one message after another; each answer is looked at."""
    pages = []
    with httpx.Client(base_url=site.url, timeout=30.0, cookies=of.cookies) as browser:
        while not over.is_set():
            pages.append(ask(browser, f"Meanwhile {len(pages)}"))
            wait_for(lambda: state(browser, pages[-1]) == "done", "an answer in between")
    return pages
