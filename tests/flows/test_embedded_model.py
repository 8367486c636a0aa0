"""Without any key: the embedded model answers, is named as what it is, and leaves nothing behind."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.flows.chat import Chat, carry_session
from tests.site import Site, wait_for

MODEL = "SmolLM2-135M-Instruct"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("embedded")).start()
    site.set_up("alice").close()
    yield site
    site.end()


def family(site: Site) -> set[int]:
    """Every process that the site's first one started, however far down."""
    found, new = set(), {site.pid}
    while new:
        found |= new
        new = {
            int(child)
            for pid in new
            for task in Path(f"/proc/{pid}/task").glob("*/children")
            for child in task.read_text().split()
        } - found
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_it_answers_in_code_and_the_ledger_names_it(page: Page, site: Site) -> None:
    alice = site.log_in("alice")
    carry_session(alice, page.context, site)
    chat = Chat(page, site.url).open("/conversations/")
    expect(page.get_by_text("AIMLAPI_API_KEY")).to_be_visible()
    expect(page.get_by_text(f"The embedded demo model {MODEL} answers")).to_be_visible()
    chat.ask("Write a Python function that reverses a string.")
    expect(chat.answer).to_have_attribute("aria-busy", "false", timeout=120_000)
    expect(chat.answer).to_have_attribute("data-state", "done")
    expect(chat.answer.locator("pre code").first).to_contain_text("def ")
    expect(chat.answer).to_contain_text(MODEL)
    shown = chat.prose.inner_text()
    for again in (page.reload, lambda: (site.stop(), site.start(), page.reload())):
        again()
        expect(chat.prose).to_have_text(shown, use_inner_text=True)
    (row,) = csv.DictReader(io.StringIO(alice.get("/usage/all.csv").text))
    assert (row["status"], row["usage_source"], row["source"]) == ("done", "provider", "chat")
    assert (row["model_requested"], row["model_answered"]) == ("mistralai/mistral-tiny", MODEL)
    assert int(row["completion_tokens"]) > 20
    alice.close()


def test_a_third_reply_waits_its_turn_visibly(page: Page, site: Site) -> None:
    alice = site.log_in("alice")
    carry_session(alice, page.context, site)
    tabs = [Chat(page.context.new_page(), site.url).open("/conversations/") for _ in range(3)]
    for tab in tabs:
        tab.ask("Tell me a long story about the sea and all its animals.")
        expect(tab.answer).to_be_visible()
    expect(tabs[2].answer.get_by_role("status")).to_contain_text("Waiting for a free place")
    tabs[0].stop.click()
    expect(tabs[2].prose).not_to_be_empty(timeout=60_000)
    for tab in tabs[1:]:
        tab.stop.click()
        expect(tab.answer).to_have_attribute("data-state", "stopped")
    alice.close()


def test_nothing_stays_behind_when_everything_else_is_killed(site: Site) -> None:
    processes = family(site)
    assert len(processes) >= 4  # master, worker, supervisor, model
    site.kill()
    wait_for(lambda: not any(map(is_alive, processes)), "the last process to end", 10)
    site.start()
