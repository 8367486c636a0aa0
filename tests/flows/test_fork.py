"""New chat from here, by mouse and by keyboard alone; test_shares.py does it without JavaScript."""

from playwright.sync_api import expect

from tests.flows.chat import Chat
from tests.upstream import Answer, Upstream


def test_a_new_chat_begins_at_an_answer_by_keyboard_alone(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."), Answer("Two."))
    chat.ask("First").expect_answer("One.")
    chat.ask("Second").expect_answer("Two.")
    first = chat.answers.first.get_by_role("button", name="New chat from here")

    for _ in range(30):
        chat.page.keyboard.press("Shift+Tab")
        if first.evaluate("button => button === document.activeElement"):
            break
    chat.page.keyboard.press("Enter")

    expect(chat.page.get_by_role("heading", name="Copy of First")).to_be_visible()
    expect(chat.log.get_by_role("article")).to_have_count(2)
    chat.expect_answer("One.")


def test_a_new_chat_begins_at_an_answer_and_goes_on(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."), Answer("Two."), Answer("Another two."))
    chat.ask("First").expect_answer("One.")
    chat.ask("Second").expect_answer("Two.")
    address = chat.page.url

    chat.answers.first.get_by_role("button", name="New chat from here").click()
    expect(chat.page.get_by_role("heading", name="Copy of First")).to_be_visible()
    chat.expect_answer("One.")
    chat.ask("Other second").expect_answer("Another two.")

    sent = [message["content"] for message in upstream.records[-1].body["messages"]]
    assert sent == ["First", "One.", "Other second"]
    chat.page.goto(address)
    chat.expect_answer("Two.")
