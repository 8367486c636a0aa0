"""New chat from here, by mouse and by keyboard alone; test_shares.py does it without JavaScript."""

from playwright.sync_api import expect

from tests.flows.chat import Chat
from tests.upstream import Answer, Upstream


def test_a_new_chat_begins_at_a_question_by_keyboard_alone(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."), Answer("Two."))
    chat.ask("First").expect_answer("One.")
    chat.ask("Second").expect_answer("Two.")
    last = chat.questions.last.get_by_role("button", name="New chat from here")

    for _ in range(20):
        chat.page.keyboard.press("Shift+Tab")
        if last.evaluate("button => button === document.activeElement"):
            break
    expect(last).to_have_css("opacity", "1")
    chat.page.keyboard.press("Enter")

    expect(chat.page.get_by_role("heading", name="Copy of First")).to_be_visible()
    expect(chat.log.get_by_role("article")).to_have_count(3)
    expect(chat.questions.last).to_contain_text("Second")


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


def test_a_question_shows_the_button_when_the_mouse_is_near(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."))
    chat.ask("First").expect_answer("One.")
    button = chat.questions.get_by_role("button", name="New chat from here")
    expect(button).to_have_css("opacity", "0")

    chat.questions.hover()

    expect(button).to_have_css("opacity", "1")
