"""Continue: what was cut goes on in the same message, and each part is a request of its own in the ledger."""

import pytest
from playwright.sync_api import expect

from tests.flows.chat import Chat
from tests.upstream import Answer, Cut, Gate, Upstream


def test_an_interrupted_reply_goes_on_where_it_was_cut(chat: Chat, upstream: Upstream) -> None:
    middle = Gate(at=1)
    upstream.play(
        Answer("First words, and more.", ending=Cut(2)), Answer("and then the end.", gates=(middle,))
    )
    chat.ask("Hello").expect_answer("First words,")
    expect(chat.answer).to_contain_text("Interrupted.")

    chat.button("Continue").click()

    chat.expect_writing("First words, and")
    middle.release()
    chat.expect_answer("First words, and then the end.")
    expect(chat.answers).to_have_count(1)
    expect(chat.button("Continue")).to_have_count(0)
    sent = upstream.record(1).body["messages"]
    assert [turn["role"] for turn in sent] == ["user", "assistant", "user"]
    assert sent[1]["content"] == "First words, "
    chat.page.reload()
    chat.expect_answer("First words, and then the end.")


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (Answer("One two", finish="length"), "Cut at the length limit. Continue lets it go on."),
        (Answer("One two", finish="content_filter"), "filter ended this reply."),
    ],
    ids=["length", "filter"],
)
def test_an_early_end_is_said_as_what_it_is(
    chat: Chat, upstream: Upstream, first: Answer, words: str
) -> None:
    upstream.play(first)
    chat.ask("Hello").expect_answer("One two")
    expect(chat.answer).to_contain_text(words)
    expect(chat.button("Continue")).to_have_count(int(first.finish == "length"))


def test_a_stopped_reply_goes_on(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One two three", gates=(Gate(at=1),)), Answer("two three four"))
    chat.ask("Hello").expect_writing("One")
    chat.stop.click()
    chat.expect_answer("One")
    chat.button("Continue").click()
    chat.expect_answer("One two three four")
