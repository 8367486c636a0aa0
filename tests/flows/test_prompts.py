"""Saved prompts in a real browser: the library, and the list that a slash opens in the composer."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Route, expect

from tests.flows.chat import Chat, path_of
from tests.site import Site, post
from tests.upstream import Answer, Upstream

LETTER = "Write to {{name}} about {{topic}}."


@pytest.fixture(scope="module", autouse=True)
def library(site: Site, alice_client: httpx.Client) -> Iterator[None]:
    texts = {"letter": LETTER, "sum": "Summarize this:", "sum-up": "Sum it up:", "into": "Into {{language}}."}
    for name, text in texts.items():
        assert post(alice_client, "/prompts/", name=name, text=text).status_code == 303
    yield


def options(chat: Chat) -> Locator:
    return chat.page.get_by_role("listbox", name="Prompts").get_by_role("option")


def selected(chat: Chat) -> str:
    return chat.box.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)")


def test_a_slash_lists_the_prompts_and_typing_narrows_them(chat: Chat, upstream: Upstream) -> None:
    chat.box.press_sequentially("/")
    expect(options(chat)).to_have_count(4)
    chat.box.press_sequentially("su")
    expect(options(chat)).to_have_text(["/sum Summarize this:", "/sum-up Sum it up:"])
    chat.box.press_sequentially("m up")
    expect(options(chat)).to_have_count(0)
    chat.box.fill("")
    chat.box.press_sequentially("see /")
    expect(options(chat)).to_have_count(0)


def test_arrows_and_enter_choose_and_nothing_is_sent(chat: Chat, upstream: Upstream) -> None:
    chat.box.press_sequentially("/su")
    expect(options(chat)).to_have_count(2)
    first, second = options(chat).all()
    expect(first).to_have_attribute("aria-selected", "true")
    chat.box.press("ArrowDown")
    expect(second).to_have_attribute("aria-selected", "true")
    expect(chat.box).to_have_attribute("aria-activedescendant", second.get_attribute("id") or "?")
    chat.box.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")

    chat.box.press("Enter")

    expect(chat.box).to_have_value("Summarize this:")
    expect(options(chat)).to_have_count(0)
    expect(chat.box).not_to_have_attribute("aria-activedescendant", "")
    assert not upstream.records
    upstream.play(Answer("Short."))
    chat.box.press_sequentially(" It rained.")
    chat.box.press("Enter")
    chat.expect_answer("Short.")
    assert upstream.record().prompt == "Summarize this: It rained."


def test_tab_leads_from_blank_to_blank(chat: Chat, upstream: Upstream) -> None:
    chat.box.press_sequentially("/letter")
    expect(options(chat)).to_have_count(1)
    chat.box.press("Enter")
    expect(chat.box).to_have_value(LETTER)
    assert selected(chat) == "{{name}}"
    chat.page.keyboard.type("Ann")
    chat.box.press("Tab")
    assert selected(chat) == "{{topic}}"
    chat.page.keyboard.type("rain")
    chat.box.press("Tab")  # there is no blank any more, so that it leads on
    expect(chat.send).to_be_focused()
    upstream.play(Answer("Dear Ann."))
    chat.send.click()
    chat.expect_answer("Dear Ann.")
    assert upstream.record().prompt == "Write to Ann about rain."


def test_undo_brings_the_call_back(chat: Chat, upstream: Upstream) -> None:
    chat.box.press_sequentially("/sum-")
    expect(options(chat)).to_have_count(1)
    chat.box.press("Tab")
    expect(chat.box).to_have_value("Sum it up:")
    chat.box.press("Control+z")
    expect(chat.box).to_have_value("/sum-")


def test_escape_closes_the_list_and_enter_sends_what_stands_there(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("No such thing."))
    chat.box.press_sequentially("/su")
    expect(options(chat)).to_have_count(2)
    chat.box.press("Escape")
    expect(options(chat)).to_have_count(0)
    chat.box.press("Enter")
    chat.expect_answer("No such thing.")
    assert upstream.record().prompt == "/su"


def test_a_click_chooses(chat: Chat, upstream: Upstream) -> None:
    chat.box.press_sequentially("/su")
    options(chat).nth(1).click()
    expect(chat.box).to_have_value("Sum it up:")
    expect(chat.box).to_be_focused()


def test_a_path_is_sent_as_it_is(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("A file."))
    chat.box.press_sequentially("/etc/hosts")
    chat.box.press("Enter")
    chat.expect_answer("A file.")
    assert upstream.record().prompt == "/etc/hosts"


def test_enter_waits_for_a_list_that_is_on_its_way(chat: Chat, upstream: Upstream) -> None:
    held: list[Route] = []
    chat.page.route("**/prompts/?choices", lambda route: held.append(route))
    with chat.page.expect_request("**/prompts/?choices"):
        chat.box.press_sequentially("/letter")
    chat.box.press("Enter")
    expect(chat.box).to_have_value("/letter")
    held[0].continue_()
    expect(chat.box).to_have_value(LETTER)
    assert not upstream.records


def test_a_name_that_is_sent_comes_back_with_its_blanks(chat: Chat, upstream: Upstream) -> None:
    chat.ask("/letter please")

    expect(chat.notice).to_contain_text("“/letter” has blanks to fill in: {{name}}, {{topic}}.")
    expect(chat.box).to_have_value(f"{LETTER}\n\nplease")
    expect(chat.box).to_be_focused()
    assert selected(chat) == "{{name}}"
    assert not upstream.records
    chat.page.keyboard.type("Ann")
    upstream.play(Answer("Dear Ann."))
    chat.box.press("Enter")
    chat.expect_answer("Dear Ann.")
    assert upstream.record().prompt == "Write to Ann about {{topic}}.\n\nplease"
    expect(chat.box).to_have_value("")


def test_the_list_opens_in_a_conversation_as_well(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Yes."), Answer("Short."))
    chat.ask("Hello").expect_answer("Yes.")
    chat.box.press_sequentially("/sum")
    expect(options(chat)).to_have_count(2)
    chat.box.press("Enter")
    expect(chat.box).to_have_value("Summarize this:")
    chat.box.press("Enter")
    chat.expect_answer("Short.")
    chat.box.press_sequentially("/in")
    expect(options(chat)).to_have_count(1)


def test_the_library_is_kept_by_mouse(chat: Chat, upstream: Upstream) -> None:
    chat.page.locator(".account-button").click()
    chat.page.get_by_role("link", name="Prompts").click()
    chat.page.get_by_role("textbox", name="Name").fill("polite")
    chat.page.get_by_role("textbox", name="Text").fill("Say it politely:")
    chat.button("Save").click()
    chat.page.get_by_role("link", name="/polite", exact=True).click()
    chat.page.get_by_role("textbox", name="Text").fill("Say it very politely:")
    chat.button("Save").click()
    chat.page.get_by_role("link", name="Use /polite").click()
    expect(chat.box).to_have_value("Say it very politely:")
    chat.open("/prompts/").page.get_by_role("link", name="/polite", exact=True).click()
    chat.button("Delete").click()
    chat.button("Delete for good").click()
    expect(chat.page).to_have_url(chat.url + "/prompts/")
    expect(chat.page.get_by_role("link", name="/polite", exact=True)).to_have_count(0)


def test_everything_works_without_a_script(plain: Chat, upstream: Upstream) -> None:
    chat = plain.open("/prompts/")
    chat.page.get_by_role("textbox", name="Name").fill("two words")
    chat.page.get_by_role("textbox", name="Text").fill("Say it plainly:")
    chat.button("Save").click()
    expect(
        chat.page.get_by_text("A name holds letters, digits, hyphens and underscores only.")
    ).to_be_visible()
    expect(chat.page.get_by_role("textbox", name="Text")).to_have_value("Say it plainly:")
    chat.page.get_by_role("textbox", name="Name").fill("plain")
    chat.button("Save").click()
    chat.page.get_by_role("link", name="Use /plain").click()
    expect(chat.box).to_have_value("Say it plainly:")

    upstream.play(Answer("Plainly."), Answer("In French."))
    chat.open("/conversations/").ask("/plain It may or may not rain.").expect_answer("Plainly.")
    assert upstream.record().prompt == "Say it plainly:\n\nIt may or may not rain."
    chat.ask("/letter")
    expect(chat.notice).to_contain_text("“/letter” has blanks to fill in")
    expect(chat.box).to_have_value(LETTER)
    chat.ask("/into French").expect_answer("In French.")
    assert upstream.record(1).prompt == "Into French."

    chat.open("/prompts/").page.get_by_role("link", name="/plain", exact=True).click()
    assert path_of(chat).startswith("/prompts/")
    chat.button("Delete").click()
    chat.button("Delete for good").click()
    expect(chat.page.get_by_role("link", name="Use /plain")).to_have_count(0)
