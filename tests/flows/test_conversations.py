"""New, renamed, deleted and listed conversations in a real browser."""

import re

from playwright.sync_api import expect

from tests.flows.chat import CONVERSATION, Chat
from tests.upstream import Answer, Gate, Upstream


def test_a_new_chat_is_listed_under_its_first_message(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Hill."))

    chat.ask("How high is the hill behind the house?\nIn metres, please.")

    title = "How high is the hill behind the house?"
    expect(chat.list.get_by_role("link", name=title)).to_have_attribute("aria-current", "page")
    expect(chat.page.get_by_role("heading", name=title)).to_be_visible()
    expect(chat.page).to_have_title(f"{title} · Parley")


def test_a_new_chat_gets_an_address_and_back_leads_to_the_empty_one(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Here."))
    chat.ask("Where are we?").expect_answer("Here.")
    expect(chat.page).to_have_url(CONVERSATION)
    address = chat.page.url

    chat.page.go_back()
    expect(chat.page.get_by_role("heading", name="What can I help with?")).to_be_visible()
    expect(chat.answers).to_have_count(0)
    chat.page.wait_for_load_state()
    chat.page.go_forward()

    expect(chat.page).to_have_url(address)
    chat.expect_answer("Here.")


def test_a_starter_fills_the_box_and_sends_nothing(chat: Chat, upstream: Upstream) -> None:
    chat.page.get_by_role("region", name="Start").get_by_role("link", name="Code").click()

    expect(chat.box).to_have_value(re.compile("^Complete this Python function:\n"))
    assert not upstream.records


def test_a_conversation_is_renamed(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Yes."))
    chat.ask("Before").expect_answer("Yes.")

    chat.button("Rename").click()
    title = chat.page.get_by_role("textbox", name="Title")
    expect(title).to_be_focused()
    title.fill("After")
    chat.button("Save").click()

    expect(chat.page.get_by_role("heading", name="After")).to_be_visible()
    expect(chat.list.get_by_role("link", name="After")).to_be_visible()
    chat.expect_answer("Yes.")


def test_a_deleted_conversation_comes_back_with_undo(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Kept."))
    chat.ask("Throw me away").expect_answer("Kept.")
    link = chat.list.get_by_role("link", name="Throw me away")

    chat.button("Delete").click()
    expect(chat.page.get_by_text("“Throw me away” was deleted.")).to_be_visible()
    expect(link).to_have_count(0)
    chat.button("Undo").click()

    chat.expect_answer("Kept.")
    expect(link).to_have_attribute("aria-current", "page")


def test_deleting_a_conversation_stops_its_reply(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("First words, and then the end.", gates=(Gate(at=2),)))
    chat.ask("Hello")
    chat.expect_writing("First words,")

    chat.button("Delete").click()
    expect(chat.page.get_by_text("“Hello” was deleted.")).to_be_visible()

    assert upstream.record().closed.wait(5)


def test_the_list_is_a_drawer_on_a_phone(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Small."))
    chat.page.set_viewport_size({"width": 390, "height": 844})
    chat.ask("On a phone").expect_answer("Small.")
    expect(chat.list).to_be_hidden()

    chat.button("Open conversations").click()
    expect(chat.list.get_by_role("link", name="On a phone")).to_be_visible()
    chat.page.get_by_role("link", name="New chat").click()

    expect(chat.page).to_have_url(chat.url + "/conversations/")
    expect(chat.list).to_be_hidden()
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_drawer_opens_on_a_phone_while_an_undo_is_offered(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Small."))
    chat.page.set_viewport_size({"width": 390, "height": 844})
    chat.ask("On a phone I delete what I have asked for on a phone").expect_answer("Small.")
    chat.button("More").click()
    chat.button("Delete").click()
    expect(chat.button("Undo")).to_be_visible()

    chat.button("Open conversations").click(timeout=10_000)

    expect(chat.list).to_be_visible()
