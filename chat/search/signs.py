"""The words of a text as search sees them, each with its place in the text as it was written."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from chat.folding import fold


@dataclass(frozen=True)
class Word:
    folded: str
    start: int
    end: int


def words_in(text: str) -> Iterator[Word]:
    """All words of `fold(text)`; one sign at a time, so for excerpts and not for whole texts."""
    word, begin, end = "", 0, 0
    for start, stop in _clusters(text):
        for sign in _folded(text[start:stop]):
            if sign == " ":
                if word:
                    yield Word(word, begin, end)
                word = ""
                continue
            begin = begin if word else start
            word, end = word + sign, stop
    if word:
        yield Word(word, begin, end)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """A sign with all that is written above, below and after it and could be composed with it."""
    start = 0
    for at in range(1, len(text)):
        if not _goes_on(text[at]):
            yield start, at
            start = at
    if text:
        yield start, len(text)


@lru_cache(8192)
def _folded(cluster: str) -> str:
    """With the spaces at its ends, if it has any."""
    return fold(f"x{cluster}x")[1:-1]


@lru_cache(8192)
def _goes_on(sign: str) -> bool:
    first = unicodedata.normalize("NFKD", sign)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"  # vowels and ends of hangul
