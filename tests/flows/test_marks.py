"""What the list marks: replies that are written, and new ones."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.flows.chat import Chat
from tests.flows.history import add_conversations, delete_everything
from tests.flows.listing import entry
from tests.flows.test_tabs import HIDEABLE
from tests.site import Site, ask, wait_for
from tests.upstream import Answer, Gate, Upstream


@pytest.fixture(autouse=True)
def empty_list(site: Site) -> None:
    delete_everything(site)


def test_a_reply_that_ends_while_nobody_looks_is_new(chat: Chat, upstream: Upstream, site: Site) -> None:
    gate = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(gate,)))
    chat.ask("Hello").expect_writing("First words,")
    chat.open("/conversations/")
    expect(chat.list.get_by_text("(being answered)")).to_have_count(1)
    gate.release()

    other = Chat(chat.page.context.new_page(), chat.url)
    expect_unread(other, "Hello", True)
    entry(other, "Hello").click()
    other.expect_answer("First words, and then the end.")

    expect_unread(chat, "Hello", False)


def test_a_list_that_one_looks_at_says_when_a_reply_ends(chat: Chat, upstream: Upstream) -> None:
    gate = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(gate,)))
    chat.ask("Hello").expect_writing("First words,")
    chat.open("/conversations/")
    expect(chat.list.get_by_text("(being answered)")).to_have_count(1)
    entry(chat, "Hello").focus()
    gate.release()

    expect(chat.list.get_by_text("(new reply)")).to_have_count(1, timeout=15_000)
    expect(entry(chat, "Hello")).to_be_focused()


def test_a_reply_that_ends_before_ones_eyes_is_not_new(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."), Answer("Two."))
    with chat.page.expect_response(re.compile("/read/$")):
        chat.ask("First").expect_answer("One.")
    with chat.page.expect_response(re.compile("/read/$")):
        chat.ask("Second")
        expect(chat.prose).to_have_text("Two.")

    chat.open("/conversations/")

    expect(entry(chat, "First")).to_be_visible()
    expect(chat.list.get_by_text("(new reply)")).to_have_count(0)


def test_a_hidden_tab_has_read_nothing(chat: Chat, upstream: Upstream, alice_client: object) -> None:
    upstream.play(Answer("One."))
    path = ask(alice_client, "Behind")  # type: ignore[arg-type]
    expect_unread(chat, "Behind", True)
    behind = Chat(chat.page.context.new_page(), chat.url)
    behind.page.add_init_script(HIDEABLE % "true")
    behind.open(path)
    behind.expect_answer("One.")
    expect_unread(chat, "Behind", True)

    with behind.page.expect_response(re.compile("/read/$")):
        behind.page.evaluate("show(true)")

    expect_unread(chat, "Behind", False)


def test_a_tab_that_one_comes_back_to_lists_what_is_new(chat: Chat, site: Site, page: Page) -> None:
    behind = Chat(page.context.new_page(), chat.url)
    behind.page.add_init_script(HIDEABLE % "false")
    behind.open("/conversations/")
    behind.box.fill("A draft")
    behind.page.evaluate("show(false)")
    add_conversations(site, ["Begun elsewhere"])
    expect(entry(behind, "Begun elsewhere")).to_have_count(0)

    behind.page.evaluate("show(true)")

    expect(entry(behind, "Begun elsewhere")).to_be_visible()
    expect(behind.box).to_have_value("A draft")


def expect_unread(chat: Chat, title: str, unread: bool) -> None:
    """Looks until it is so: what another tab posts is not stored at once."""
    marked = chat.list.get_by_role("link", name=f"{title} (new reply)")

    def looked() -> bool:
        chat.open("/conversations/")
        expect(entry(chat, title)).to_be_visible()
        return marked.count() == int(unread)

    wait_for(looked, f"{title} to be {'' if unread else 'no longer '}marked as new")
