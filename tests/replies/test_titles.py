"""A conversation's first title, and what is made of one that the model suggests."""

import pytest

from chat.replies.titles import LONGEST, title_from, title_of


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("How are you?", "How are you?"),
        ("\n\n  # Plan for  Monday\nand more", "Plan for Monday"),
        ("- [ ] buy milk", "[ ] buy milk"),
        ("```\n\ncode()", "code()"),
        ("こんにちは、元気ですか", "こんにちは、元気ですか"),
        ("***\n---", "New chat"),
    ],
)
def test_it_is_the_first_line_with_words(text: str, title: str) -> None:
    assert title_from(text) == title


def test_a_long_line_is_cut_at_a_word() -> None:
    title = title_from(
        "Please explain to me in great detail how a compiler turns source code into machine code"
    )
    assert title == "Please explain to me in great detail how a compiler turns…"
    assert len(title) <= LONGEST


def test_a_word_without_end_is_cut_anyway() -> None:
    assert title_from("a" * 5000) == "a" * (LONGEST - 1) + "…"


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("How Fjords Form", "How Fjords Form"),
        ('"How Fjords Form."', "How Fjords Form"),
        ("\u201eWie Fjorde entstehen\u201c", "Wie Fjorde entstehen"),
        ("\n\n**How  Fjords Form**\n\nI hope this helps!", "How Fjords Form"),
        ("# Title: \u201cHow Fjords Form\u201d", "How Fjords Form"),
        ("The title: `reverse_string` in Python", "reverse_string in Python"),
        ("---\nSecond line", "Second line"),
        ("What is a __dict__?", "What is a __dict__?"),
        ("C++ or C#?", "C++ or C#?"),
        (
            "\u5cbd\u6e7e\u662f\u600e\u4e48\u5f62\u6210\u7684",
            "\u5cbd\u6e7e\u662f\u600e\u4e48\u5f62\u6210\u7684",
        ),
        ("<b>Bold</b> & co\x07", "<b>Bold</b> & co"),
    ],
)
def test_a_suggestion_is_its_first_line_without_what_models_put_around_it(answer: str, title: str) -> None:
    assert title_of(answer) == title


@pytest.mark.parametrize("answer", ["", " \n ", '""', "***", "\u200b", "...", "\U0001f600"])
def test_an_answer_without_words_is_no_title(answer: str) -> None:
    assert title_of(answer) == ""


def test_the_first_of_several_suggestions_is_taken_without_its_number() -> None:
    assert title_of("1. How fjords form\n2. Ice and rock") == "How fjords form"
    assert title_of("1984 by Orwell") == "1984 by Orwell"


def test_a_suggestion_that_rambles_is_cut_at_a_word() -> None:
    title = title_of("The formation of fjords is a fascinating topic that has captivated scientists")
    assert title == "The formation of fjords is a fascinating topic that has…"
    assert len(title_of("a" * 5000)) == LONGEST
