"""Many tabs of one browser, hidden ones, and what was typed in them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.flows.chat import Chat, log_in, path_of
from tests.upstream import Answer, Gate, Upstream

TABS = 10
HIDEABLE = """
let hidden = %s;
Object.defineProperty(document, "hidden", { get: () => hidden });
window.show = (shown) => { hidden = !shown; document.dispatchEvent(new Event("visibilitychange")); };
"""


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate(at=2)
    yield gate
    gate.release()


def test_ten_tabs_that_follow_a_reply_each_leave_room_for_everything_else(
    chat: Chat, upstream: Upstream, gate: Gate
) -> None:
    upstream.play(*(Answer("First words, and then the end.", gates=(gate,)) for _ in range(TABS)))
    context = chat.page.context
    tabs = [chat, *(Chat(context.new_page(), chat.url).open("/conversations/") for _ in range(TABS - 1))]
    for number, tab in enumerate(tabs):
        tab.ask(f"Question {number}")
        expect(tab.stop).to_be_visible()

    other = context.new_page()
    other.goto(f"{chat.url}/usage/", timeout=20_000)

    expect(other.get_by_role("heading", name="Usage", exact=True)).to_be_visible()
    for tab in tabs:
        expect(tab.prose).to_have_text("First words,", timeout=30_000)
    gate.release()
    for tab in tabs:
        expect(tab.prose).to_have_text("First words, and then the end.", timeout=60_000)


def test_a_tab_that_was_opened_in_the_background_connects_when_it_is_shown(
    chat: Chat, upstream: Upstream, gate: Gate
) -> None:
    upstream.play(Answer("First words, and then the end.", gates=(gate,)))
    chat.ask("Hello").expect_writing("First words,")
    behind = Chat(chat.page.context.new_page(), chat.url)
    behind.page.add_init_script(HIDEABLE % "true")
    asked: list[str] = []
    behind.page.on("request", lambda request: asked.append(request.url))
    behind.open(path_of(chat))
    behind.expect_writing("First words,")
    gate.release()
    chat.expect_answer("First words, and then the end.")
    assert not [url for url in asked if url.endswith("/events/")]

    behind.page.evaluate("show(true)")

    behind.expect_answer("First words, and then the end.")


def test_hidden_tabs_leave_their_connections_to_the_one_that_is_shown(
    chat: Chat, upstream: Upstream, gate: Gate
) -> None:
    later = Gate(at=4)
    upstream.play(*(Answer("First words, and then the end.", gates=(gate, later)) for _ in range(5)))
    behind = [Chat(chat.page.context.new_page(), chat.url) for _ in range(4)]
    for tab in behind:
        tab.page.add_init_script(HIDEABLE % "false")
        tab.open("/conversations/").ask("Hello").expect_writing("First words,")
        tab.page.evaluate("show(false)")

    chat.ask("Hello").expect_writing("First words,")
    gate.release()
    chat.expect_writing("First words, and then")

    for tab in behind:
        tab.page.evaluate("show(true)")
    for tab in behind:
        expect(tab.prose).to_have_text("First words, and then", timeout=30_000)
    later.release()
    for tab in [chat, *behind]:
        expect(tab.prose).to_have_text("First words, and then the end.", timeout=30_000)


def test_a_draft_survives_a_reload_and_is_gone_when_it_was_sent(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Yes."))
    chat.box.fill("A long thought")

    chat.page.reload()

    expect(chat.box).to_have_value("A long thought")
    chat.send.click()
    chat.expect_answer("Yes.")
    chat.page.reload()
    expect(chat.box).to_have_value("")
    chat.open("/conversations/")
    expect(chat.box).to_have_value("")


def test_a_draft_survives_the_end_of_its_session(chat: Chat, page: Page) -> None:
    chat.box.fill("A long thought")
    page.context.clear_cookies()
    chat.send.click()
    expect(chat.notice).to_contain_text("You are signed out.")

    log_in(page, f"{chat.url}/accounts/login/?next=/conversations/")

    expect(chat.box).to_have_value("A long thought")
