"""Where words are looked for, and which: the border between a query and a database's own index."""

from collections.abc import Sequence
from dataclasses import dataclass

from chat.search.terms import Term


@dataclass(frozen=True)
class Place:
    """An indexed table, as the rows of a query see it."""

    table: str
    row: str  # the look-up that leads to its primary key
    folded: str  # the look-up that leads to the folded text


TEXT = Place("chat_message", "pk", "search_text")
TITLE = Place("chat_conversation", "pk", "search_title")
TITLE_OF_MESSAGE = Place("chat_conversation", "conversation", "conversation__search_title")


@dataclass(frozen=True)
class Words:
    """What an index is asked for, without order; folded, so that they need no quoting."""

    whole: tuple[str, ...]
    begun: tuple[str, ...]  # beginnings of words
    excluded: tuple[str, ...]


def words_of(terms: Sequence[Term], without: Sequence[Term]) -> Words:
    """All words of what is wanted, and what is excluded by a single word."""
    begun = [term.words[-1] for term in terms if term.is_prefix]
    whole = [word for term in terms for word in (term.words[:-1] if term.is_prefix else term.words)]
    excluded = [term.words[0] for term in without if len(term.words) == 1]
    return Words(*(tuple(dict.fromkeys(words)) for words in (whole, begun, excluded)))
