"""A budget in the browser: the line before it bites, and a refusal that keeps what was written."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.flows.chat import Chat
from tests.site import Site, ask, wait_for
from tests.upstream import Answer, Upstream

DRAFT = "A question that took long to write, with <b>marks</b>."
NAME = "Your budget for this month"


@pytest.fixture(autouse=True)
def budget(site: Site, alice_client: httpx.Client) -> Iterator[None]:
    """Two more requests than alice has made so far; the second reaches the warning level."""
    asked = alice_client.get("/usage/all.csv").text.count("\n") - 1
    which = ("setbudget", "--user", "alice", "--period", "month", "--requests")
    site.manage(*which, str(asked + 2), "--warn", str(100 * (asked + 1) // (asked + 2)))
    yield
    site.manage(*which, "0", "--remove")


def line(chat: Chat) -> Locator:
    return chat.page.locator("#budget-line")


def test_the_line_comes_with_the_warning_level_and_the_refusal_keeps_the_draft(
    chat: Chat, upstream: Upstream
) -> None:
    upstream.play(Answer("First."), Answer("Second."))
    expect(line(chat)).to_be_hidden()

    chat.ask("One").expect_answer("First.")
    expect(line(chat)).to_contain_text(f"{NAME}: ")
    expect(line(chat)).to_contain_text("requests used, resets on ")
    chat.ask("Two").expect_answer("Second.")
    chat.ask(DRAFT)

    expect(chat.notice).to_contain_text(f"{NAME} is used up: ")
    expect(chat.notice).to_contain_text("It resets on ")
    expect(chat.box).to_have_value(DRAFT)
    expect(chat.questions).to_have_count(2)
    assert len(upstream.records) == 2

    line(chat).get_by_role("link", name="resets on").click()
    shown = chat.page.get_by_role("region", name="Budgets").get_by_role("listitem")
    expect(shown).to_contain_text(NAME)
    expect(shown).to_contain_text("Nothing left. Resets on ")
    expect(shown.get_by_role("meter", name=NAME)).to_be_visible()


def test_without_a_script_the_refusing_page_holds_the_draft(
    plain: Chat, alice_client: httpx.Client, upstream: Upstream
) -> None:
    for _ in range(2):
        ask(alice_client, "Hello")
    wait_for(lambda: "Nothing left" in alice_client.get("/usage/").text, "both answers")

    plain.ask(DRAFT)

    expect(plain.notice).to_contain_text(f"{NAME} is used up: ")
    expect(plain.box).to_have_value(DRAFT)
    expect(line(plain)).to_contain_text("resets on")
    assert len(upstream.records) == 2
