"""Text as search compares it: no case, accents or punctuation, each Chinese, Japanese or Korean sign a word."""

import unicodedata
from collections.abc import Callable

MOST_CHARACTERS = 100_000  # of a text; what lies beyond is not searched
MOST_FOLDED = 200_000  # characters; PostgreSQL's tsvector holds less than a megabyte

# Written without spaces between the words: kana, hangul, and ideographs with their extensions.
CJK = (
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x3130, 0x318F),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)


def fold(text: str) -> str:
    """Words with one space between them; equal for texts that differ in case, accents or punctuation alone."""
    whole = unicodedata.normalize("NFKD", text[:MOST_CHARACTERS]).casefold()
    composed = whole if whole.isascii() else unicodedata.normalize("NFC", whole.translate(_BARE))
    return " ".join(composed.translate(_APART).split())[:MOST_FOLDED]


def is_cjk(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in CJK)


def _bare(sign: str) -> str:
    """Without accents: marks above, below and through a letter, and the points of Hebrew and Arabic.

    The vowel signs of Indic and Thai writing, which have other combining classes, are letters in all but name.
    """
    combining = unicodedata.combining(sign)
    return "" if 10 <= combining <= 35 or 200 <= combining <= 240 or combining == 1 else sign


def _apart(sign: str) -> str:
    """Spaces for what is no word, and around what is one by itself."""
    if is_cjk(sign):
        return f" {sign} "
    return sign if unicodedata.category(sign)[0] in "LNM" else " "


class _Signs(dict[int, str]):
    """What stands for each sign, found out when it is first met; for str.translate."""

    def __init__(self, stands_for: Callable[[str], str]) -> None:
        super().__init__()
        self._stands_for = stands_for

    def __missing__(self, code: int) -> str:
        self[code] = found = self._stands_for(chr(code))
        return found


_BARE, _APART = _Signs(_bare), _Signs(_apart)
