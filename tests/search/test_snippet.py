"""The part of a text that is shown, and what is marked in it."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.folding import fold
from chat.search import parse
from chat.search.signs import words_in
from chat.search.snippet import snippet


def shown(text: str, typed: str) -> str:
    return snippet(text, fold(text), parse(typed).terms)


def marked(text: str, typed: str) -> list[str]:
    return [unescape(found) for found in re.findall("<mark>(.*?)</mark>", shown(text, typed), re.DOTALL)]


@pytest.mark.parametrize(
    ("text", "typed", "found"),
    [
        ("The Café, the CAFE\u0301s", "cafe", ["Café", "CAFE\u0301s"]),
        ("The Café, the CAFE\u0301s", "cafe ", ["Café"]),
        ("one two one", '"two one"', ["two one"]),
        ("Straße", "strasse", ["Straße"]),
        ("日本語日本", "日本", ["日本", "日本"]),
        ("ｶﾞｷﾞ", "ガギ", ["ｶﾞｷﾞ"]),
        ("가\u1100\u1161", "가", ["가", "\u1100\u1161"]),
        ("(don't)", "don't", ["don't"]),
        ("ab ac", "a", ["ab", "ac"]),
        ("a b c", '"a b" "b c"', ["a b c"]),
        ("say <script>", "script", ["script"]),
        ("ﷺ", "الله", ["ﷺ"]),
        ("nothing", "else", []),
    ],
)
def test_what_was_found_is_marked_as_it_was_written(text: str, typed: str, found: list[str]) -> None:
    assert marked(text, typed) == found


def test_all_text_is_escaped() -> None:
    assert shown('<a href="x">&amp;</a>', "href") == (
        "&lt;a <mark>href</mark>=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;"
    )


@pytest.mark.parametrize(
    "filling", ["word ", "日本語", "a.b,c", "e\u0301 ", "\U00020000", "x", "—", "слово—", "ภาษา"]
)
def test_a_match_deep_in_a_long_text_is_shown_with_what_is_around_it(filling: str) -> None:
    text = filling * 5000 + " the needle and " + filling * 2000
    part = shown(text, "needle")
    if filling in {"x", "—", "слово—", "ภาษา"}:  # without a place to cut nobody counts the words before it
        assert len(part) < 300
    else:
        assert re.search(r"the <mark>needle</mark> and", part)
        assert part.startswith("…")
        assert part.endswith("…")
        assert len(part) < 300


@given(st.text(), st.text(max_size=30))
def test_a_snippet_is_a_part_of_the_text(text: str, typed: str) -> None:
    part = unescape(re.sub("</?mark>", "", shown(text, typed)))
    assert part.strip("…") in text or part in text


@given(st.text() | st.text("ab \u0301\u0327ㅏㄱ가\u1100\u1161\u11a8ｶﾞ日ि\u0bc6\u0bbe", max_size=40))
def test_the_words_of_a_text_are_those_of_its_folding(text: str) -> None:
    words = list(words_in(text))
    assert [word.folded for word in words] == fold(text).split()
    for word in words:
        assert 0 <= word.start < word.end <= len(text)
