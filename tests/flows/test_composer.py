"""The message form in a real browser: a draft is sent once, or refused in a sentence and kept."""

import pytest
from playwright.sync_api import expect

from tests.flows.chat import Chat, log_in
from tests.flows.conftest import KEY
from tests.upstream import Answer, Gate, Html, Play, Status, Upstream


def test_enter_sends_and_shift_enter_breaks_the_line(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Two lines."))
    chat.box.press_sequentially("one")
    chat.box.press("Shift+Enter")
    chat.box.press_sequentially("two")
    expect(chat.box).to_have_value("one\ntwo")

    chat.box.press("Enter")

    chat.expect_answer("Two lines.")
    assert upstream.record().prompt == "one\ntwo"
    expect(chat.box).to_have_value("")
    expect(chat.box).to_be_focused()


def test_enter_in_an_empty_box_sends_nothing(chat: Chat, upstream: Upstream) -> None:
    chat.box.press("Enter")
    chat.box.fill("  \n ")
    chat.box.press("Enter")
    chat.send.click()

    expect(chat.box).to_be_focused()
    expect(chat.page).to_have_url(chat.url + "/conversations/")
    assert not upstream.records


def test_what_is_typed_while_a_reply_runs_stays_in_the_box(chat: Chat, upstream: Upstream) -> None:
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)))
    chat.ask("Hello")
    chat.expect_writing("First words,")

    chat.box.press_sequentially("My next question")
    chat.box.press("Enter")
    middle.release()

    chat.expect_answer("First words, and then the end.")
    expect(chat.box).to_have_value("My next question")
    assert len(upstream.records) == 1


@pytest.mark.parametrize("gates", [(), (Gate(at=1),)], ids=["a short answer", "a long answer"])
def test_a_double_click_on_send_makes_one_message(
    chat: Chat, upstream: Upstream, gates: tuple[Gate, ...]
) -> None:
    upstream.play(Answer("Just once.", gates=gates), Answer("Twice."))
    chat.box.fill("Once")

    chat.send.dblclick()
    for gate in gates:
        chat.expect_writing("Just")
        gate.release()

    chat.expect_answer("Just once.")
    expect(chat.questions).to_have_count(1)
    assert len(upstream.records) == 1


@pytest.mark.parametrize(
    ("play", "sentence"),
    [
        (
            Status(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}),
            "The model's provider does not accept Parley's key. Please ask the administrator.",
        ),
        (
            Status(403, {"message": f"No credit for {KEY}"}),
            "The account with the model's provider has no credit left. Please ask the administrator.",
        ),
        (
            Status(404, {"message": f"Not found for {KEY}"}),
            'The model "mistralai/mistral-tiny" is gone. '
            "An administrator can choose another with the setting MODEL_ID.",
        ),
        (
            Html(f"<h1>Welcome</h1><script>alert(1)</script>{KEY}"),
            "The model's provider sent something that is not an answer. Please try again.",
        ),
    ],
    ids=["401", "403", "404", "a page"],
)
def test_a_failed_reply_says_why_in_one_sentence_and_tells_no_key(
    chat: Chat, upstream: Upstream, play: Play, sentence: str
) -> None:
    upstream.play(play)

    chat.ask("Hello")

    expect(chat.answer.get_by_text(sentence)).to_be_visible()
    expect(chat.answer).to_have_attribute("aria-busy", "false")
    assert KEY not in chat.page.content()
    upstream.play(Answer("Better."))
    chat.button("Regenerate").click()
    chat.expect_answer("Better.")


def test_a_message_that_is_too_long_is_refused_and_stays_in_the_box(chat: Chat, upstream: Upstream) -> None:
    text = "word " * 40_000

    chat.ask(text)

    expect(chat.notice).to_contain_text("The message has 200,000 characters; at most 100,000 can be sent.")
    expect(chat.box).to_have_value(text)
    assert not upstream.records
    upstream.play(Answer("Short."))
    chat.ask("Shorter").expect_answer("Short.")
    expect(chat.notice).to_have_text("")


def test_a_message_of_megabytes_is_refused_and_stays_in_the_box(chat: Chat, upstream: Upstream) -> None:
    text = "für alle Fälle, " * 100_000

    chat.ask(text)

    expect(chat.notice).to_contain_text("This is too large to be sent at once.")
    expect(chat.box).to_have_value(text)
    assert not upstream.records


@pytest.mark.parametrize("cookie", ["sessionid", None], ids=["the session", "all cookies"])
def test_an_ended_session_is_said_and_the_draft_is_kept(
    chat: Chat, upstream: Upstream, cookie: str | None
) -> None:
    chat.box.press_sequentially("A long thought, ")
    if cookie:
        chat.page.context.clear_cookies(name=cookie)
    else:
        chat.page.context.clear_cookies()
    chat.box.press_sequentially("and its end")
    chat.send.click()

    expect(chat.notice).to_contain_text("You are signed out. Your text is kept here")
    expect(chat.box).to_have_value("A long thought, and its end")
    assert not upstream.records


def test_who_logs_in_again_in_another_tab_sends_the_draft_from_the_first_one(
    chat: Chat, upstream: Upstream
) -> None:
    chat.page.context.clear_cookies(name="sessionid")
    chat.ask("A long thought")
    expect(chat.notice).to_contain_text("log in in another tab, then send it again")
    other = chat.page.context.new_page()
    log_in(other, chat.url)
    upstream.play(Answer("Thought about."))

    chat.send.click()

    chat.expect_answer("Thought about.")


def test_a_server_that_is_gone_is_said_and_the_draft_is_kept(chat: Chat, upstream: Upstream) -> None:
    chat.page.context.set_offline(True)
    chat.ask("Anybody there?")
    expect(chat.notice).to_contain_text("The server was not reached. Your text is kept; try again.")
    expect(chat.notice.locator("svg")).to_be_visible()
    expect(chat.box).to_have_value("Anybody there?")

    chat.page.context.set_offline(False)
    upstream.play(Answer("Yes."))
    chat.send.click()

    chat.expect_answer("Yes.")
    expect(chat.notice).to_have_text("")
