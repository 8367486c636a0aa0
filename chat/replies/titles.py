"""A conversation's first title: the beginning of its first message, without asking the model."""

import re

LONGEST = 60  # characters
UNTITLED = "New chat"


def title_from(text: str) -> str:
    """The first line with words in it, without Markdown's marks, cut at a word."""
    for line in text.splitlines():
        words = re.sub(r"\s+", " ", re.sub(r"^[\s#>*+\-`~=_|]+", "", line)).strip()
        if words:
            return _shorten(words)
    return UNTITLED


def _shorten(words: str) -> str:
    if len(words) <= LONGEST:
        return words
    cut = words[: LONGEST - 1]
    at_word = cut.rsplit(" ", 1)[0] if words[LONGEST - 1] != " " else cut
    return (at_word if len(at_word) > LONGEST // 2 else cut).rstrip(" ,;:.") + "…"
