"""What is typed, read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.folding import fold
from chat.search import QUERY_CHARACTERS, Query, parse
from chat.search.terms import Term


def term(words: str, *, is_prefix: bool = False) -> Term:
    return Term(tuple(words.split()), is_prefix)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("two words", Query(terms=(term("two"), term("words", is_prefix=True)))),
        ("done ", Query(terms=(term("done"),))),
        ('"One, two" three ', Query(terms=(term("one two"), term("three")))),
        ('say "one tw', Query(terms=(term("say"), term("one tw", is_prefix=True)))),
        ("“smart quotes”", Query(terms=(term("smart quotes"),))),
        ("left-handed ", Query(terms=(term("left handed"),))),
        ("日本", Query(terms=(term("日 本"),))),
        ('a -b -"c d" ', Query(terms=(term("a"),), without=(term("b"), term("c d")))),
        ("TITLE:Über", Query(title=(term("uber", is_prefix=True),))),
        ('title:"a b" c ', Query(title=(term("a b"),), terms=(term("c"),))),
        ("in:archive", Query(in_archive=True)),
        ("after:2026 x ", Query(after=datetime(2026, 1, 1, tzinfo=UTC), terms=(term("x"),))),
        ("before:2026-03 before:2026-02-01", Query(before=datetime(2026, 2, 1, tzinfo=UTC))),
        ("again again again ", Query(terms=(term("again"),))),
        ("before:lunch ", Query(terms=(term("before lunch"),))),  # no operators, so words
        ("in:box ", Query(terms=(term("in box"),))),
        ("title: ", Query(terms=(term("title"),))),
        ("http://a.b/c ", Query(terms=(term("http a b c"),))),
        ("- -- ?!", Query()),
        ("", Query()),
    ],
)
def test_a_query_is_read(typed: str, read: Query) -> None:
    found = parse(typed)
    assert (found.terms, found.without, found.title) == (read.terms, read.without, read.title)
    assert (found.before, found.after, found.in_archive) == (read.before, read.after, read.in_archive)
    assert found.notes == ()


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13", "0000", "12", "2026-01-01T00:00", "9" * 30])
def test_a_day_that_is_none_is_named_and_left_out(day: str) -> None:
    found = parse(f"word before:{day} ")
    assert (found.terms, found.before) == ((term("word"),), None)
    assert found.notes == (f"“{day}” is no day; write 2026-05-31, 2026-05 or 2026.",)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_there_are_can_be_asked_for(day: str) -> None:
    assert parse(f"before:{day}").before or parse(f"before:{day}").notes


def test_a_query_that_is_too_long_is_cut_and_its_last_word_goes_on() -> None:
    found = parse("a" * 100_000)
    assert found.terms == (term("a" * QUERY_CHARACTERS, is_prefix=True),)
    assert len(found.typed) == QUERY_CHARACTERS
    assert found.notes


@given(st.text(max_size=500) | st.text('-":a é日', max_size=50))
def test_whatever_is_typed_is_read_as_folded_words(typed: str) -> None:
    found = parse(typed)
    found.typed.encode()
    for part in (*found.terms, *found.without, *found.title):
        assert part.words
        for word in part.words:
            assert fold(word) == word
            assert 0 < len(word) <= QUERY_CHARACTERS


@given(
    st.lists(st.sampled_from(["a", '"b c"', "-d", "title:e", "日本", 'title:"f']), max_size=6).map(" ".join)
)
def test_the_same_for_titles_alone_is_what_it_was(typed: str) -> None:
    found = parse(typed)
    again = parse(found.for_titles)
    assert set(again.title) == {*found.terms, *found.title}
    assert (again.terms, set(again.without)) == ((), set(found.without))
