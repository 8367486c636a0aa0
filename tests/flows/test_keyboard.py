"""Parley with the keyboard alone, in a real browser."""

import re

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.cast import PASSWORD
from tests.flows.chat import CONVERSATION, Chat
from tests.site import Site, ask, wait_for
from tests.upstream import Answer, Gate, Upstream

MOST_TABS = 40
A_MAC = "Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })"


def keys_of(chat: Chat) -> Locator:
    return chat.page.get_by_role("dialog", name="Keyboard shortcuts")


def expect_page(chat: Chat, address: str | re.Pattern[str]) -> None:
    """It has been led to, and its scripts have begun."""
    expect(chat.page).to_have_url(address)
    chat.page.wait_for_load_state()
    expect(chat.box).to_be_focused()


def tab_to(chat: Chat, target: Locator, key: str = "Tab") -> None:
    """Tab until `target` has the focus."""
    for _ in range(MOST_TABS):
        chat.page.keyboard.press(key)
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"not reached by {MOST_TABS} times {key}: {target}")


def tab_back_to(chat: Chat, target: Locator) -> None:
    tab_to(chat, target, "Shift+Tab")


def press(chat: Chat, key: str, **more: object) -> None:
    """A key as keyboards and input methods send it that Playwright has no name for."""
    chat.page.evaluate(
        "init => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', init))",
        {"key": key, "bubbles": True, "cancelable": True, **more},
    )


@pytest.fixture
def three(chat: Chat, alice_client: httpx.Client, upstream: Upstream) -> list[str]:
    """The paths of three conversations that were begun one after the other."""
    upstream.play(Answer("One."), Answer("Two."), Answer("Three."))
    paths = []
    for text in ("First", "Second", "Third"):
        paths.append(ask(alice_client, text))
        wait_for(lambda: 'aria-busy="false"' in alice_client.get(paths[-1]).text, "the answer")
    return paths


def test_a_new_chat_begins_by_a_key(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Here."))
    chat.ask("Where?").expect_answer("Here.")

    chat.box.press("Control+Shift+O")

    expect_page(chat, chat.url + "/conversations/")


def test_letters_are_found_where_the_keyboard_writes_another_alphabet(chat: Chat, three: list[str]) -> None:
    chat.open(three[0])

    press(chat, "Щ", code="KeyO", ctrlKey=True, shiftKey=True)

    expect(chat.page).to_have_url(chat.url + "/conversations/")


def test_a_key_leads_to_the_message_box_and_the_draft_stays(chat: Chat) -> None:
    chat.box.fill("A long thought")
    chat.page.get_by_role("link", name="New chat").focus()

    chat.page.keyboard.press("Shift+Escape")

    expect(chat.box).to_be_focused()
    expect(chat.box).to_have_value("A long thought")


def test_escape_stops_the_answer_and_the_box_is_where_one_goes_on(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("First words, and then the end.", gates=(Gate(at=2),)))
    chat.ask("Hello")
    chat.expect_writing("First words,")

    chat.page.keyboard.press("Escape")

    chat.expect_answer("First words,")
    expect(chat.answer.get_by_text("This reply was stopped.")).to_be_visible()
    expect(chat.box).to_be_focused()
    assert upstream.record().closed.wait(5)


def test_escape_that_closes_something_or_ends_a_composition_stops_nothing(
    chat: Chat, upstream: Upstream
) -> None:
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)))
    chat.ask("Hello")
    chat.expect_writing("First words,")

    press(chat, "Escape", isComposing=True)
    chat.button("Rename").press("Enter")
    title = chat.page.get_by_role("textbox", name="Title")
    expect(title).to_be_focused()
    title.press("Escape")
    expect(title).to_be_hidden()
    expect(chat.button("Rename")).to_be_focused()
    chat.page.keyboard.press("Shift+Escape")
    middle.release()

    chat.expect_answer("First words, and then the end.")


def test_escape_without_an_answer_that_is_written_does_nothing(chat: Chat) -> None:
    chat.box.fill("A long thought")
    chat.box.press("Escape")

    expect(chat.box).to_be_focused()
    expect(chat.box).to_have_value("A long thought")


def test_a_key_copies_the_last_answer(chat: Chat, upstream: Upstream) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    upstream.play(Answer("One."), Answer("Two, **strongly**."))
    chat.ask("First").expect_answer("One.")
    chat.ask("Second").expect_answer("Two, strongly.")

    chat.box.press("Control+Shift+C")

    expect(chat.page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert chat.page.evaluate("navigator.clipboard.readText()") == "Two, **strongly**."


def test_keys_lead_to_the_chats_above_and_below_in_the_list(chat: Chat, three: list[str]) -> None:
    first, second, third = (chat.url + path for path in three)
    chat.open("/conversations/")

    for key, address in (
        ("Alt+ArrowDown", third),  # the newest stands on top
        ("Alt+ArrowDown", second),
        ("Alt+ArrowDown", first),
        ("Alt+ArrowUp", second),
        ("Alt+ArrowUp", third),
        ("Alt+ArrowUp", third),
    ):
        chat.box.press(key)
        expect_page(chat, address)


def test_a_question_mark_lists_the_keys_and_escape_leads_back(chat: Chat, three: list[str]) -> None:
    chat.open(three[0])
    copy = chat.answer.get_by_role("button", name="Copy")
    copy.focus()

    chat.page.keyboard.press("Shift+?")
    expect(keys_of(chat)).to_be_visible()
    expect(keys_of(chat)).to_be_focused()
    expect(keys_of(chat)).to_contain_text(re.compile(r"New chat\s*Ctrl\s*Shift\s*O"))
    chat.page.keyboard.press("Escape")

    expect(keys_of(chat)).to_be_hidden()
    expect(copy).to_be_focused()
    chat.page.keyboard.press("?")
    chat.page.keyboard.press("?")
    expect(keys_of(chat)).to_be_hidden()


def test_a_question_mark_in_a_text_box_is_a_question_mark(chat: Chat) -> None:
    chat.box.press_sequentially("Why?")

    expect(chat.box).to_have_value("Why?")
    expect(keys_of(chat)).to_be_hidden()


def test_the_list_of_keys_is_also_in_the_account_menu(chat: Chat) -> None:
    menu = chat.button("alice Account menu")
    menu.press("Enter")
    entry = chat.button("Keyboard shortcuts")
    tab_to(chat, entry)
    chat.page.keyboard.press("Enter")
    expect(keys_of(chat)).to_be_focused()
    expect(entry).to_be_hidden()

    tab_to(chat, chat.button("Close keyboard shortcuts"))
    chat.page.keyboard.press("Enter")
    expect(keys_of(chat)).to_be_hidden()
    expect(menu).to_be_focused()


def test_a_key_of_the_list_closes_it(chat: Chat) -> None:
    chat.page.get_by_role("link", name="New chat").focus()
    chat.page.keyboard.press("?")
    expect(keys_of(chat)).to_be_visible()

    chat.page.keyboard.press("Shift+Escape")

    expect(keys_of(chat)).to_be_hidden()
    expect(chat.box).to_be_focused()


def test_a_mac_has_its_own_keys(page: Page, chat: Chat) -> None:
    page.add_init_script(A_MAC)
    chat.open("/usage/")
    page.keyboard.press("?")
    expect(keys_of(chat)).to_contain_text(re.compile(r"New chat\s*⌘\s*⇧\s*O"))

    page.keyboard.press("Control+Shift+O")
    expect(page).to_have_url(chat.url + "/usage/")
    page.keyboard.press("Meta+Shift+O")
    expect(page).to_have_url(chat.url + "/conversations/")


def test_the_keys_of_the_browser_and_of_the_box_stay_what_they_are(chat: Chat) -> None:
    chat.box.fill("one\ntwo")
    chat.box.press("ArrowUp")
    chat.box.press("Home")
    chat.box.press_sequentially("No ")

    expect(chat.box).to_have_value("No one\ntwo")
    expect(chat.page).to_have_url(chat.url + "/conversations/")


def test_a_talk_from_the_log_in_to_the_undo_by_keyboard_alone(
    page: Page, site: Site, upstream: Upstream
) -> None:
    upstream.play(Answer("A fjord is an inlet."), Answer("A fjord is a drowned valley."))
    chat = Chat(page, site.url).open("/accounts/login/")
    expect(page.get_by_role("textbox", name="Username or email")).to_be_focused()
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect_page(chat, re.compile(r"/conversations/(\d+/)?$"))
    page.keyboard.press("Control+Shift+O")
    expect_page(chat, site.url + "/conversations/")

    page.keyboard.type("What is a fjord?")
    page.keyboard.press("Enter")
    chat.expect_answer("A fjord is an inlet.")
    expect(page).to_have_url(CONVERSATION)
    expect(chat.box).to_be_focused()

    tab_back_to(chat, chat.button("Regenerate"))
    page.keyboard.press("Enter")
    chat.expect_answer("A fjord is a drowned valley.")
    expect(chat.box).to_be_focused()

    tab_back_to(chat, chat.button("Delete"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("“What is a fjord?” was deleted.")).to_be_visible()
    tab_back_to(chat, chat.button("Undo"))
    page.keyboard.press("Enter")
    chat.expect_answer("A fjord is a drowned valley.")


def test_the_first_tab_skips_the_list(chat: Chat, three: list[str]) -> None:
    chat.open("/usage/")

    chat.page.keyboard.press("Tab")
    expect(chat.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    chat.page.keyboard.press("Enter")

    expect(chat.page.get_by_role("main")).to_be_focused()


def test_up_in_an_empty_box_edits_the_last_message(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."), Answer("Two."), Answer("Three."))
    chat.ask("First").expect_answer("One.")
    chat.ask("Second").expect_answer("Two.")
    chat.box.fill("A draft")
    chat.box.press("ArrowUp")
    chat.box.fill("")

    chat.box.press("ArrowUp")
    edited = chat.page.get_by_role("textbox", name="Edited message")
    expect(edited).to_be_focused()
    expect(edited).to_have_value("Second")
    chat.page.keyboard.press("End")
    chat.page.keyboard.type(" to none")
    chat.page.keyboard.press("Enter")

    chat.expect_answer("Three.")
    expect(chat.questions.last).to_contain_text("Second to none")
    expect(chat.box).to_be_focused()


def test_escape_in_an_edited_message_gives_it_up_and_the_box_is_where_one_goes_on(
    chat: Chat, upstream: Upstream
) -> None:
    upstream.play(Answer("One."))
    chat.ask("First").expect_answer("One.")
    chat.box.press("ArrowUp")
    expect(chat.page.get_by_role("textbox", name="Edited message")).to_be_focused()

    chat.page.keyboard.press("Escape")

    expect(chat.page.get_by_role("textbox", name="Edited message")).to_have_count(0)
    expect(chat.box).to_be_focused()


def test_a_key_leads_to_the_search_also_on_a_phone_where_the_list_is_a_drawer(chat: Chat) -> None:
    search = chat.page.get_by_role("searchbox", name="Search")
    chat.box.press("Control+k")
    expect(search).to_be_focused()
    search.fill("fjord")
    chat.page.keyboard.press("Shift+Escape")
    chat.page.keyboard.press("Control+k")
    chat.page.keyboard.type("lake")
    expect(search).to_have_value("lake")  # what stood there was selected

    chat.page.set_viewport_size({"width": 390, "height": 844})
    chat.open("/conversations/")
    expect(search).to_be_hidden()
    chat.box.press("Control+k")
    expect(search).to_be_focused()
    chat.page.keyboard.press("Shift+Escape")

    expect(search).to_be_hidden()
    expect(chat.box).to_be_focused()
