"""What runs now on the dashboard, in the browser: it comes, it is stopped, it goes, all by itself."""

import re

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.flows.chat import Chat
from tests.flows.test_restart import state
from tests.site import ask, wait_for
from tests.upstream import Answer, Gate, Upstream

SOON = 10_000  # ms: the list looks again every 3 s
NOTHING = "Nothing is running."


def running(page: Page) -> Locator:
    return page.get_by_role("region", name="Running now").first


def rows(page: Page) -> Locator:
    return running(page).get_by_role("listitem")


@pytest.fixture
def gates(upstream: Upstream) -> list[Gate]:
    gates = [Gate(at=1), Gate(at=1)]
    upstream.play(*(Answer("Words that nobody else reads.", gates=(gate,)) for gate in gates))
    return gates


def test_the_list_follows_what_runs_and_stop_ends_it(
    chat: Chat, alice_client: httpx.Client, upstream: Upstream, gates: list[Gate]
) -> None:
    page = chat.open("/usage/all/").page
    expect(running(page)).to_contain_text(NOTHING)
    conversation = ask(alice_client, "A question of hers")
    expect(rows(page)).to_have_count(1, timeout=SOON)
    expect(rows(page)).to_contain_text("alice")
    expect(running(page)).not_to_contain_text("question")

    ask(alice_client, "Another question")
    stop = rows(page).last.get_by_role("button", name=re.compile("^Stop what alice runs since"))
    stop.focus()
    expect(rows(page)).to_have_count(2, timeout=SOON)
    expect(stop).to_be_focused()  # also after it has looked again
    stop.press("Enter")

    assert upstream.record(0).closed.wait(5)
    expect(rows(page)).to_have_count(1, timeout=SOON)
    wait_for(lambda: state(alice_client, conversation) == "stopped", "the end")
    gates[1].release()
    expect(running(page)).to_contain_text(NOTHING, timeout=SOON)


def test_nobody_looks_again_while_the_page_is_hidden(chat: Chat) -> None:
    page = chat.page
    page.clock.install()
    looks: list[str] = []
    page.on(
        "request", lambda request: looks.append(request.url) if request.url.endswith("/running/") else None
    )
    chat.open("/usage/all/")
    expect(running(page)).to_contain_text(NOTHING)
    hide(page, hidden=True)
    looks.clear()
    page.clock.run_for(60_000)
    assert looks == []
    hide(page, hidden=False)
    with page.expect_request("**/usage/running/"):
        page.clock.run_for(4_000)


def test_without_a_script_it_is_as_of_the_load_and_stop_leads_back(
    plain: Chat, alice_client: httpx.Client, upstream: Upstream, gates: list[Gate]
) -> None:
    conversation = ask(alice_client, "A question of hers")
    upstream.record(0)
    page = plain.open("/usage/all/").page
    rows(page).get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"/usage/all/#running$"))
    wait_for(lambda: state(alice_client, conversation) == "stopped", "the end")
    expect(running(plain.open("/usage/all/").page)).to_contain_text(NOTHING)


def hide(page: Page, *, hidden: bool) -> None:
    """As if another tab were in front."""
    page.evaluate(
        "(hidden) => Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })", hidden
    )
