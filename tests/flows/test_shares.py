"""Sharing a chat, reading it and copying it: by mouse, by keyboard alone, and without JavaScript."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import tab
from tests.cast import PASSWORD
from tests.flows.chat import CONVERSATION, Chat, path_of
from tests.site import Site, ask, post
from tests.upstream import Answer, Gate, Upstream


class Panel:
    """What opens below the button "Share"."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.box = chat.page.locator("#share")
        self.address = self.box.get_by_role("textbox", name="Address")

    def open(self) -> "Panel":
        if not self.chat.button("Share").is_visible():  # on a phone the actions are a menu
            self.chat.button("More").click()
        self.chat.button("Share").click()
        return self

    def share(self) -> str:
        """The address of a new share."""
        self.button("Create link").click()
        expect(self.box.get_by_text("The link is ready.")).to_be_visible()
        return self.address.input_value()

    def button(self, name: str) -> Locator:
        return self.box.get_by_role("button", name=name, exact=True)


@pytest.fixture
def panel(chat: Chat) -> Panel:
    return Panel(chat)


@pytest.fixture
def guest(browser: Browser) -> Iterator[Page]:
    """A second browser, in which nobody is logged in."""
    with tab(browser) as page:
        yield page


@pytest.fixture
def plain_guest(browser: Browser) -> Iterator[Page]:
    with tab(browser, java_script_enabled=False) as page:
        yield page


def read(page: Page, address: str) -> Chat:
    answer = page.goto(address)
    assert answer
    assert answer.status == 200
    return Chat(page, address)


def test_a_chat_is_shared_read_updated_and_ended(
    chat: Chat, panel: Panel, guest: Page, upstream: Upstream
) -> None:
    upstream.play(Answer("A **long** inlet."), Answer("Ice."))
    chat.ask("What is a fjord?").expect_answer("A long inlet.")

    address = panel.open().share()
    reader = read(guest, address)
    expect(guest.get_by_role("heading", name="What is a fjord?")).to_be_visible()
    expect(reader.questions).to_have_text("What is a fjord?")
    expect(reader.prose).to_have_text("A long inlet.")
    expect(reader.box).to_have_count(0)

    chat.page.keyboard.press("Escape")
    chat.ask("What digs it?").expect_answer("Ice.")
    expect(read(guest, address).answers).to_have_count(1)
    panel.open().button("Update").click()
    expect(panel.box.get_by_text("Readers now see the chat as it is now.")).to_be_visible()
    expect(read(guest, address).answers).to_have_count(2)

    panel.button("End").click()
    expect(panel.button("Create link")).to_be_visible()
    answer = guest.goto(address)
    assert answer
    assert answer.status == 404


def test_copy_copies_the_address(chat: Chat, panel: Panel, site: Site, upstream: Upstream) -> None:
    upstream.play(Answer("Yes."))
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    chat.ask("Shared?").expect_answer("Yes.")
    address = panel.open().share()

    panel.button("Copy").click()

    expect(panel.button("Copied")).to_be_visible()
    assert chat.page.evaluate("navigator.clipboard.readText()") == address
    assert re.fullmatch(rf"{re.escape(site.url)}/shared/[\w-]{{32}}/", address)


def test_what_was_sent_since_the_page_was_loaded_is_shared_too(
    chat: Chat, panel: Panel, guest: Page, upstream: Upstream
) -> None:
    upstream.play(Answer("One."), Answer("Two."), Answer("Three."))
    chat.ask("First").expect_answer("One.")
    chat.page.reload()
    chat.ask("Second").expect_answer("Two.")
    chat.button("Regenerate").click()
    chat.expect_answer("Three.")

    reader = read(guest, panel.open().share())

    expect(reader.log.locator(".prose")).to_have_text(["One.", "Three."])


def test_the_branch_that_is_shown_is_the_one_that_is_shared(
    chat: Chat, panel: Panel, guest: Page, upstream: Upstream
) -> None:
    upstream.play(Answer("Heads."), Answer("Tails."))
    chat.ask("Toss a coin").expect_answer("Heads.")
    chat.button("Regenerate").click()
    chat.expect_answer("Tails.")
    chat.button("Previous version").click()
    chat.expect_answer("Heads.")

    reader = read(guest, panel.open().share())

    expect(reader.log.locator(".prose")).to_have_text(["Heads."])


def test_a_chat_is_shared_while_its_reply_is_written(
    chat: Chat, panel: Panel, guest: Page, upstream: Upstream
) -> None:
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)))
    chat.ask("Hello")
    chat.expect_writing("First words,")

    reader = read(guest, panel.open().share())
    middle.release()

    expect(reader.prose).to_have_text("First words,")
    expect(reader.answer).to_contain_text("still being written when the chat was shared")
    chat.expect_answer("First words, and then the end.")
    expect(reader.prose).to_have_text("First words,")


def test_sharing_by_keyboard_alone(chat: Chat, panel: Panel, upstream: Upstream, guest: Page) -> None:
    upstream.play(Answer("Yes."))
    chat.ask("By keyboard?").expect_answer("Yes.")

    for _ in range(20):
        chat.page.keyboard.press("Shift+Tab")
        if chat.button("Share").evaluate("button => button === document.activeElement"):
            break
    chat.page.keyboard.press("Enter")
    expect(panel.button("Create link")).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(panel.button("Copy")).to_be_focused()
    address = panel.address.input_value()
    read(guest, address)
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Tab")
    expect(panel.button("Update")).to_be_focused()
    chat.page.keyboard.press("Tab")
    expect(panel.button("End")).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(panel.button("Create link")).to_be_focused()
    chat.page.keyboard.press("Escape")

    expect(panel.box).to_be_hidden()
    expect(chat.button("Share")).to_be_focused()
    answer = guest.goto(address)
    assert answer
    assert answer.status == 404


def test_a_guest_logs_in_and_copies_what_was_shared(
    chat: Chat, panel: Panel, guest: Page, upstream: Upstream
) -> None:
    upstream.play(Answer("A long inlet."), Answer("Copied."))
    chat.ask("What is a fjord?").expect_answer("A long inlet.")
    address = panel.open().share()

    guest.goto(address)
    guest.get_by_role("link", name="Log in to copy it").click()
    guest.locator("input[name=login]").fill("alice")
    guest.locator("input[name=password]").fill(PASSWORD)
    guest.get_by_role("button", name="Log in").click()
    expect(guest).to_have_url(address)
    guest.get_by_role("button", name="Copy into my chats").click()

    copied = Chat(guest, chat.url)
    expect(guest).to_have_url(CONVERSATION)
    assert path_of(copied) != path_of(chat)
    copied.expect_answer("A long inlet.")
    copied.ask("Is this mine?").expect_answer("Copied.")


def test_all_of_it_without_javascript(
    plain: Chat, plain_guest: Page, alice_client: httpx.Client, upstream: Upstream
) -> None:
    upstream.play(Answer("One."), Answer("Two."))
    plain.open(ask(alice_client, "First")).expect_answer("One.")
    where = path_of(plain)

    plain.button("Share").click()
    plain.button("Create link").click()
    expect(plain.page.get_by_role("heading", name="Shared chats")).to_be_visible()
    entry = plain.page.locator(".share-entry").first
    expect(entry.get_by_role("button", name="Copy")).to_have_count(0)
    address = entry.get_by_role("textbox", name="Address").input_value()
    expect(read(plain_guest, address).prose).to_have_text("One.")

    ask(alice_client, "Second", f"{where}messages/")
    plain.open(where).expect_answer("Two.")
    plain.open("/shares/")
    entry.get_by_role("button", name="Update").click()
    expect(read(plain_guest, address).answers).to_have_count(2)

    entry.get_by_role("link", name="Open").click()
    plain.button("Copy into my chats").click()
    expect(plain.page).to_have_url(CONVERSATION)
    plain.expect_answer("Two.")
    plain.answers.first.get_by_role("button", name="New chat from here").click()
    expect(plain.page.get_by_role("heading", name="Copy of First")).to_be_visible()
    expect(plain.answers).to_have_count(1)

    plain.open("/shares/")
    entry.get_by_role("button", name="End").click()
    answer = plain_guest.goto(address)
    assert answer
    assert answer.status == 404


def test_older_messages_are_a_link_away(chat: Chat, panel: Panel, guest: Page, upstream: Upstream) -> None:
    for number in range(1, 52):
        upstream.play(Answer(f"Answer {number}."))
        chat.ask(f"Question {number}").expect_answer(f"Answer {number}.")
    reader = read(guest, panel.open().share())
    expect(reader.log.get_by_role("article")).to_have_count(100)
    expect(reader.questions.first).to_have_text("Question 2")

    guest.get_by_role("link", name="Older messages").click()
    expect(reader.log.get_by_role("article")).to_contain_text(["Question 1", "Answer 1."])
    guest.get_by_role("link", name="Newer messages").click()

    expect(reader.prose).to_have_text("Answer 51.")


def test_a_chat_that_another_tab_deleted_cannot_be_shared(
    chat: Chat, panel: Panel, alice_client: httpx.Client, upstream: Upstream
) -> None:
    upstream.play(Answer("Yes."))
    chat.ask("Deleted?").expect_answer("Yes.")
    post(alice_client, f"{path_of(chat)}delete/")

    panel.open().button("Create link").click()

    expect(chat.notice).to_contain_text("This chat is no longer there.")


def test_a_link_that_another_tab_ended_cannot_be_updated(
    chat: Chat, panel: Panel, alice_client: httpx.Client, upstream: Upstream
) -> None:
    upstream.play(Answer("Yes."))
    chat.ask("Ended?").expect_answer("Yes.")
    panel.open().share()
    end = panel.box.locator("form[action$='/end/']").get_attribute("action")
    assert end
    post(alice_client, end)

    panel.button("Update").click()

    expect(chat.notice).to_contain_text("This link is no longer there.")


def test_a_refusal_stands_below_the_button(chat: Chat, panel: Panel, upstream: Upstream) -> None:
    upstream.play(Answer("Yes."))
    chat.ask("Refused?").expect_answer("Yes.")
    chat.page.reload()
    chat.page.evaluate("document.querySelectorAll('[data-leaf]').forEach(field => delete field.dataset.leaf)")
    chat.page.evaluate("document.querySelector('#share [name=leaf]').value = 'no number'")

    panel.open().button("Create link").click()

    expect(panel.box).to_contain_text("The form did not say which message it is about.")
    expect(panel.address).to_have_count(0)


def test_a_title_of_a_page_leaves_room_for_what_is_shared(
    chat: Chat, panel: Panel, guest: Page, upstream: Upstream
) -> None:
    upstream.play(Answer("Yes."))
    chat.ask("Is it?").expect_answer("Yes.")
    chat.button("Rename").click()
    chat.page.get_by_role("textbox", name="Title").fill("words " * 600)
    chat.button("Save").click()
    expect(chat.page.get_by_role("heading", level=1)).to_contain_text("words words")

    reader = read(guest, panel.open().share())

    expect(reader.prose).to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_is_wider_than_the_screen(
    chat: Chat, panel: Panel, guest: Page, upstream: Upstream, width: int
) -> None:
    upstream.play(Answer("Yes."))
    for page in (chat.page, guest):
        page.set_viewport_size({"width": width, "height": 844})
    chat.ask("W" * 300).expect_answer("Yes.")
    address = panel.open().share()
    box = panel.box.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    read(guest, address)
    chat.open("/shares/")
    for page in (chat.page, guest):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
