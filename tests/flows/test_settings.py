"""The settings of a chat and a person's defaults in a real browser: by mouse, by keyboard, without a script."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from tests.flows.chat import CONVERSATION, Chat
from tests.site import Site, post
from tests.upstream import Answer, Upstream

WRONG = "Temperature must be a number from 0 to 2."


@pytest.fixture(autouse=True)
def no_defaults(site: Site, alice_client: httpx.Client) -> Iterator[None]:
    """What a test leaves in alice's defaults is not there for the next."""
    yield
    post(alice_client, "/defaults/", reset="1")


def begun(chat: Chat, upstream: Upstream) -> Chat:
    """A conversation with one answer."""
    upstream.play(Answer("Yes."))
    chat.ask("Hello").expect_answer("Yes.")
    return chat


def test_what_is_saved_is_sent_with_the_next_message(chat: Chat, upstream: Upstream) -> None:
    begun(chat, upstream)
    chat.button("Settings").click()
    chat.page.get_by_role("textbox", name="System prompt").fill("Be brief.")
    chat.page.get_by_role("textbox", name="Temperature").fill("0.5")
    chat.page.get_by_role("dialog", name="Settings").get_by_text("More", exact=True).click()
    chat.page.get_by_role("textbox", name="Top K").fill("40")
    chat.button("Save").click()
    expect(chat.button("Save")).to_be_hidden()
    upstream.play(Answer("Brief."))

    chat.ask("Again").expect_answer("Brief.")

    body = upstream.record(1).body
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (body["temperature"], body["top_k"]) == (0.5, 40)
    chat.button("Settings").click()
    expect(chat.page.get_by_role("textbox", name="Temperature")).to_have_value("0.5")
    expect(chat.page.get_by_role("textbox", name="Top K")).to_have_value("40")


def test_what_is_refused_is_said_in_the_open_form(chat: Chat, upstream: Upstream) -> None:
    begun(chat, upstream)
    chat.box.fill("A draft")
    chat.button("Settings").click()
    chat.page.get_by_role("textbox", name="System prompt").fill("A long thought")
    temperature = chat.page.get_by_role("textbox", name="Temperature")
    temperature.fill("7")

    chat.button("Save").click()

    settings = chat.page.get_by_role("dialog", name="Settings")
    expect(settings.get_by_role("alert")).to_have_text(WRONG)
    expect(chat.page.get_by_role("textbox", name="System prompt")).to_have_value("A long thought")
    temperature.fill("1")
    chat.button("Save").click()
    expect(settings).to_be_hidden()
    expect(chat.box).to_have_value("A draft")


def test_an_answer_that_does_not_come_is_said_in_the_form_that_asked(chat: Chat) -> None:
    chat.open("/defaults/")
    post = "() => document.querySelector('form[action=\"/defaults/\"]').requestSubmit()"
    notice = chat.page.locator("#settings-notice")
    chat.page.route("**/defaults/", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    chat.page.evaluate(post)
    expect(notice).to_have_text("The server had a problem with this. Try again.")
    chat.page.unroute("**/defaults/")
    chat.page.route("**/defaults/", lambda route: route.abort())
    chat.page.evaluate(post)
    expect(notice).to_have_text("The server was not reached. Try again.")


def test_settings_are_made_by_keyboard_alone(chat: Chat, upstream: Upstream) -> None:
    begun(chat, upstream)
    chat.button("Settings").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_role("combobox", name="Model")).to_be_focused()
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.type("Be brief.")
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.type("0.5")

    chat.page.keyboard.press("Enter")

    expect(chat.page.get_by_role("dialog", name="Settings")).to_be_hidden()
    upstream.play(Answer("Brief."))
    chat.ask("Again").expect_answer("Brief.")
    assert upstream.record(1).body["temperature"] == 0.5
    chat.button("Settings").click()
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("dialog", name="Settings")).to_be_hidden()


def test_what_is_set_in_a_new_chat_goes_with_its_first_message(chat: Chat, upstream: Upstream) -> None:
    chat.box.fill("Hello")
    chat.button("Settings").click()
    chat.page.get_by_role("textbox", name="System prompt").fill("Be brief.")
    chat.page.get_by_role("textbox", name="Temperature").fill("7")
    chat.button("Done").click()
    chat.send.click()
    expect(chat.notice).to_have_text(WRONG)
    expect(chat.box).to_have_value("Hello")
    assert not upstream.records
    chat.button("Settings").click()
    chat.page.get_by_role("textbox", name="Temperature").fill("0.5")
    upstream.play(Answer("Brief."))

    chat.page.keyboard.press("Enter")  # back to the box, and nothing is sent
    expect(chat.box).to_be_focused()
    assert not upstream.records
    chat.page.keyboard.press("Enter")

    chat.expect_answer("Brief.")
    expect(chat.page).to_have_url(CONVERSATION)
    body = upstream.record().body
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert body["temperature"] == 0.5
    chat.button("Settings").click()
    expect(chat.page.get_by_role("textbox", name="System prompt")).to_have_value("Be brief.")


def test_defaults_hold_for_the_chats_that_come(chat: Chat, upstream: Upstream) -> None:
    begun(chat, upstream)
    chat.button("Settings").click()
    chat.page.get_by_role("textbox", name="System prompt").fill("Be brief.")
    chat.button("Save as my defaults").click()
    expect(chat.page.get_by_role("dialog", name="Settings")).to_be_hidden()

    chat.page.locator(".account-button").click()
    chat.page.get_by_role("link", name="Defaults for new chats").click()
    system = chat.page.get_by_role("textbox", name="System prompt")
    expect(system).to_have_value("Be brief.")
    system.fill("Be long.")
    chat.button("Save").click()
    expect(chat.page.get_by_role("status").get_by_text("Saved.")).to_be_visible()
    chat.open("/conversations/")
    upstream.play(Answer("Long."))
    chat.ask("Hello").expect_answer("Long.")

    assert upstream.record(1).body["messages"][0]["content"] == "Be long."


def test_everything_works_without_a_script(plain: Chat, upstream: Upstream) -> None:
    chat = plain
    upstream.play(Answer("Yes."), Answer("Brief."))
    chat.button("Settings").click()
    chat.page.get_by_role("textbox", name="System prompt").fill("Be brief.")
    chat.page.get_by_role("textbox", name="Temperature").fill("7")
    chat.button("Done").click()
    chat.ask("Hello")
    expect(chat.notice).to_have_text(WRONG)
    expect(chat.box).to_have_value("Hello")
    chat.button("Settings").click()
    expect(chat.page.get_by_role("textbox", name="System prompt")).to_have_value("Be brief.")
    chat.page.get_by_role("textbox", name="Temperature").fill("0.5")
    chat.button("Done").click()
    chat.send.click()
    chat.expect_answer("Yes.")
    assert upstream.record().body["temperature"] == 0.5

    chat.button("Settings").click()
    chat.page.get_by_role("dialog", name="Settings").get_by_text("More", exact=True).click()
    chat.page.get_by_role("textbox", name="Top K").fill("many")
    chat.button("Save").click()
    expect(chat.notice).to_contain_text("Top K must be a whole number")
    chat.button("Settings").click()
    chat.page.get_by_role("textbox", name="Top K").fill("40")
    chat.button("Save").click()
    chat.ask("Again").expect_answer("Brief.")
    assert upstream.record(1).body["top_k"] == 40

    chat.button("Settings").click()
    chat.button("Reset").click()
    chat.button("Settings").click()
    expect(chat.page.get_by_role("textbox", name="System prompt")).to_have_value("")


def test_nothing_overflows_on_a_phone(chat: Chat, upstream: Upstream) -> None:
    begun(chat, upstream)
    chat.page.set_viewport_size({"width": 390, "height": 664})
    chat.button("More").click()
    chat.button("Settings").click()
    box = chat.page.get_by_role("dialog", name="Settings").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 664
    chat.page.get_by_role("dialog", name="Settings").get_by_text("More", exact=True).click()
    for name in ("Save", "Save as my defaults", "Reset"):
        expect(chat.button(name)).to_be_in_viewport(ratio=1)
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
