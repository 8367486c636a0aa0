"""The part of a text that a search has found, as safe HTML with the words marked."""

import re
from collections.abc import Iterator, Sequence

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from chat.folding import fold
from chat.search.signs import words_in
from chat.search.terms import Term

BEFORE, AFTER = 50, 110  # characters around the first match
REACH = 30  # how far an end may move to fall between words
BLOCK, LONGEST = 400, 4000  # a block ends between words; one without an end is not looked into

# Before which signs a text may be cut without changing how its parts fold: spaces and ASCII punctuation, kana,
# ideographs, hangul syllables.
BETWEEN = re.compile(
    r"[\s\x00-/:-@\[-`{-\x7f"
    r"\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]"
)


def snippet(text: str, folded: str, terms: Sequence[Term]) -> SafeString:
    """About 160 characters around the first match; the beginning of a text that has none."""
    at = _first(text, folded, terms)
    start = _between(text, max(at - BEFORE, 0), at) if at > BEFORE else 0
    wanted = max(at + AFTER, BEFORE + AFTER)
    end = _between(text, wanted, min(wanted + REACH, len(text))) if wanted < len(text) else len(text)
    return _mark(text[start:end], terms, "…" if start else "", "…" if end < len(text) else "")


def marked(text: str, folded: str, terms: Sequence[Term]) -> SafeString:
    """The whole of a short text, a snippet of a long one."""
    return snippet(text, folded, terms) if len(text) > BEFORE + AFTER else _mark(text, terms)


def _first(text: str, folded: str, terms: Sequence[Term]) -> int:
    """Where in `text` the first term begins; 0 when none is found."""
    padded = f" {folded} "
    places = [place for term in terms if (place := padded.find(term.needle)) >= 0]
    if not places:
        return 0
    number = padded.count(" ", 0, min(places))  # of the words before it
    for start, end in _blocks(text):
        words = len(fold(text[start:end]).split())
        if number < words:
            return start + (_start_of(number, text[start:end]) if end - start < LONGEST else 0)
        number -= words
    return 0


def _start_of(number: int, text: str) -> int:
    return next(word.start for at, word in enumerate(words_in(text)) if at == number)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        between = BETWEEN.search(text, start + BLOCK)
        end = between.start() if between else len(text)
        yield start, end
        start = end


def _between(text: str, at: int, most: int) -> int:
    """The next place from `at` on where no word is cut; `at` itself when there is none up to `most`."""
    between = BETWEEN.search(text, at, most)
    return between.start() if between else at


def _mark(text: str, terms: Sequence[Term], before: str = "", after: str = "") -> SafeString:
    html, done = escape(before), 0
    for start, end in _spans(text, terms):
        html += format_html("{}<mark>{}</mark>", text[done:start], text[start:end])
        done = end
    return html + escape(text[done:] + after)


def _spans(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """What is to be marked, in its order and without overlaps."""
    words = list(words_in(text))
    spans: list[tuple[int, int]] = []
    for at, word in enumerate(words):
        ends = [
            words[at + len(term.words) - 1].end
            for term in terms
            if _stands(term, [word.folded for word in words[at : at + len(term.words)]])
        ]
        if not ends:
            continue
        if spans and word.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(ends[0], *ends, spans[-1][1]))
        else:
            spans.append((word.start, max(ends)))
    return spans


def _stands(term: Term, words: list[str]) -> bool:
    if term.is_prefix and len(words) == len(term.words) and words[-1].startswith(term.words[-1]):
        return words[:-1] == list(term.words[:-1])
    return words == list(term.words)
