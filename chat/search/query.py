"""What is typed into the search box, read: anything at all is a query."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chat.search.days import Unreadable, begin_of
from chat.search.terms import Term, term_of

QUERY_CHARACTERS = 400
QUERY_WORDS = 100

CUT = f"Only the first {QUERY_CHARACTERS} characters are searched for."
TOO_MANY = f"Only the first {QUERY_WORDS} words are searched for."

# One piece: a minus, an operator, then a phrase that may lack its end, or a word.
PIECE = re.compile(r'(-?)(?:(title|before|after|in):)?(?:"([^"]*)"?|([^\s"]+))', re.IGNORECASE)
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»\uff02", '"'))  # as phones write them
QUOTE = '"'
DIGIT = re.compile("[0-9]")


@dataclass(frozen=True, kw_only=True)
class Query:
    """All of `terms` and none of `without` in one message, all of `title` in the title of its conversation."""

    typed: str = ""
    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    title: tuple[Term, ...] = ()
    before: datetime | None = None  # this moment is no longer part of it
    after: datetime | None = None  # this one is
    in_archive: bool = False
    notes: tuple[str, ...] = ()  # sentences about what could not be read

    @property
    def asks_messages(self) -> bool:
        """A title alone asks for conversations."""
        return bool(self.terms or self.without or self.before or self.after) or (
            self.in_archive and not self.title
        )

    @property
    def asks_conversations(self) -> bool:
        return bool(self.terms or self.title) and not (self.before or self.after)

    @property
    def is_empty(self) -> bool:
        return not (self.asks_messages or self.asks_conversations)

    @property
    def for_titles(self) -> str:
        """What would be typed to find the same in titles alone; a quote that stays open lets the word go on."""
        terms = sorted({*self.terms, *self.title}, key=lambda term: term.is_prefix)
        written = [f'title:"{" ".join(term.words)}{"" if term.is_prefix else QUOTE}' for term in terms]
        without = [f'-"{" ".join(term.words)}"' for term in self.without]
        return " ".join((["in:archive"] if self.in_archive else []) + without + written)


def parse(typed: str) -> Query:
    """Never fails; what cannot be read as an operator is a word, or is named in a note."""
    clean = typed.replace("\x00", " ").encode("utf-8", "replace").decode().strip("\r\n")
    text = clean[:QUERY_CHARACTERS].translate(QUOTES)
    notes = [CUT] if len(clean) > QUERY_CHARACTERS else []
    found: dict[str, list[Term]] = {"terms": [], "without": [], "title": []}
    days: dict[str, list[datetime]] = {"before": [], "after": []}
    in_archive = False
    for piece in PIECE.finditer(text):
        minus, operator, phrase, word = piece.groups()
        operator, value = (operator or "").lower(), word if phrase is None else phrase
        if operator in days and not minus and DIGIT.match(value):
            try:
                days[operator].append(begin_of(value))
            except Unreadable as reason:
                notes.append(reason.sentence)
        elif operator == "in" and not minus and value.lower() == "archive":
            in_archive = True
        elif operator == "title" and not minus:
            found["title"] += _terms(value, piece, text)
        elif minus:
            found["without"] += _terms(piece[0], piece, "")
        else:
            found["terms"] += _terms(piece[0], piece, text)
    if _cut(found):
        notes.append(TOO_MANY)
    return Query(
        typed=clean[:QUERY_CHARACTERS],
        **{name: tuple(dict.fromkeys(terms)) for name, terms in found.items()},
        before=min(days["before"], default=None),
        after=max(days["after"], default=None),
        in_archive=in_archive,
        notes=tuple(dict.fromkeys(notes)),
    )


def _terms(value: str, piece: re.Match[str], text: str) -> Iterable[Term]:
    """The last word of `text` is being typed, until a space or a quote ends it; what is excluded is whole."""
    goes_on = piece.end() == len(text) and not text.endswith('"')
    term = term_of(value, goes_on=goes_on)
    return [term] if term else []


def _cut(found: dict[str, list[Term]]) -> bool:
    """Keep no more words than an index is to be asked for at once; whether some had to go."""
    left, cut = QUERY_WORDS, False
    for name, terms in found.items():
        kept = []
        for term in terms:
            kept += [term.first(left)] if left else []
            cut = cut or len(term.words) > left
            left -= min(left, len(term.words))
        found[name] = kept
    return cut
