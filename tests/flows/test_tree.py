"""Versions of messages, and long conversations, in a real browser."""

import re

from playwright.sync_api import expect

from tests.flows.chat import Chat, path_of
from tests.upstream import Answer, Gate, Upstream


def edit_last(chat: Chat, text: str) -> None:
    chat.questions.last.hover()
    chat.questions.last.get_by_role("button", name="Edit", exact=True).click()
    box = chat.page.get_by_role("textbox", name="Edited message")
    expect(box).to_be_focused()
    box.fill(text)


def test_an_edited_message_is_answered_anew_and_both_versions_stay(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Grey."), Answer("Blue."))
    chat.ask("Which colour has the sea?").expect_answer("Grey.")

    edit_last(chat, "Which colour has the summer sea?")
    chat.questions.last.get_by_role("button", name="Send").click()

    chat.expect_answer("Blue.")
    expect(chat.questions).to_have_count(1)
    expect(chat.questions.last).to_contain_text("2 of 2")
    chat.button("Previous version").click()
    chat.expect_answer("Grey.")
    expect(chat.button("Next version")).to_be_enabled()
    chat.page.reload()
    chat.expect_answer("Grey.")  # it is remembered
    chat.button("Next version").click()
    chat.expect_answer("Blue.")


def test_versions_by_keyboard_alone(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."), Answer("Two."), Answer("Three."))
    chat.ask("Count").expect_answer("One.")
    edit_last(chat, "Count on")
    chat.page.keyboard.press("Enter")
    chat.expect_answer("Two.")
    chat.button("Regenerate").focus()
    chat.page.keyboard.press("Enter")
    chat.expect_answer("Three.")

    previous = chat.answer.get_by_role("button", name="Previous version")
    previous.focus()
    chat.page.keyboard.press("Space")

    chat.expect_answer("Two.")
    expect(chat.answer.get_by_text("1 of 2")).to_be_visible()
    expect(chat.answer.get_by_role("button", name="Next version")).to_be_focused()
    chat.page.keyboard.press("Enter")
    chat.expect_answer("Three.")


def test_escape_gives_an_edit_up(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Yes."))
    chat.ask("Is it?").expect_answer("Yes.")
    edit_last(chat, "Was it?")

    chat.page.keyboard.press("Escape")

    expect(chat.page.get_by_role("textbox", name="Edited message")).to_have_count(0)
    expect(chat.questions.last).to_contain_text("Is it?")
    assert len(upstream.records) == 1


def test_a_reply_goes_on_while_another_version_is_looked_at(chat: Chat, upstream: Upstream) -> None:
    held = Gate(at=2)
    upstream.play(Answer("Short."), Answer("First words, and then the end.", gates=(held,)))
    chat.ask("Tell me").expect_answer("Short.")
    edit_last(chat, "Tell me more")
    chat.page.keyboard.press("Enter")
    chat.expect_writing("First words,")

    chat.button("Previous version").click()
    chat.expect_answer("Short.")
    expect(chat.stop).to_have_count(0)
    chat.button("Next version").click()
    chat.expect_writing("First words,")
    expect(chat.stop).to_be_visible()
    held.release()

    chat.expect_answer("First words, and then the end.")


def test_a_link_to_a_branch_shows_it_and_goes_on_from_it(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."), Answer("Two."), Answer("Three."))
    chat.ask("First").expect_answer("One.")
    leaf = (chat.answer.get_attribute("id") or "").removeprefix("message-")
    chat.ask("Second").expect_answer("Two.")
    where = path_of(chat)

    chat.open(f"{where}?leaf={leaf}")
    expect(chat.questions).to_have_count(1)
    chat.ask("Instead of the second").expect_answer("Three.")

    expect(chat.page).to_have_url(chat.url + where)
    expect(chat.questions.last).to_contain_text("2 of 2")


def test_a_long_conversation_comes_as_one_scrolls(chat: Chat, upstream: Upstream) -> None:
    for number in range(60):
        upstream.play(Answer(f"Answer {number}."))
        chat.ask(f"Question {number}").expect_answer(f"Answer {number}.")
    chat.page.reload()
    expect(chat.log.get_by_role("article")).to_have_count(100)
    expect(chat.answer).to_be_in_viewport()
    assert chat.log.get_by_text("Question 0", exact=True).count() == 0

    chat.questions.first.scroll_into_view_if_needed()

    expect(chat.log.get_by_role("article")).to_have_count(120)
    expect(chat.questions.nth(10)).to_contain_text("Question 10")


def test_without_a_script_messages_are_edited_and_versions_shown(plain: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Grey."), Answer("Blue."))
    plain.ask("Which colour has the sea?").expect_answer("Grey.")

    plain.questions.last.get_by_role("button", name="Edit", exact=True).click()
    box = plain.page.get_by_role("textbox", name="Edited message")
    expect(box).to_have_value("Which colour has the sea?")
    box.fill("Which colour has the summer sea?")
    plain.questions.last.get_by_role("button", name="Send").click()

    plain.expect_answer("Blue.")
    plain.button("Previous version").click()
    plain.expect_answer("Grey.")
    expect(plain.page).to_have_url(re.compile(r"/conversations/\d+/\?at=\d+#message-\d+$"))
