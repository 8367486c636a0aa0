"""A conversation's first title."""

import pytest

from chat.replies.titles import LONGEST, title_from


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
