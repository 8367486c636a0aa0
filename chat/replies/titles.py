"""A conversation's title: the beginning of its first message, or what the model suggested."""

import re

LONGEST = 60  # characters
UNTITLED = "New chat"
MARKS = r"[\s#>*+\-`~=_|]+"  # Markdown's, at the beginning of a line
QUOTES = "\"'\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a\u300c\u300d\u300e\u300f"
AROUND = QUOTES + " #>*-+=_~"  # what models put around a title


def title_from(text: str) -> str:
    """The first line with words in it, without Markdown's marks, cut at a word."""
    for line in text.splitlines():
        words = re.sub(r"\s+", " ", re.sub(rf"^{MARKS}", "", line)).strip()
        if words:
            return _shorten(words)
    return UNTITLED


def title_of(answer: str) -> str:
    """The title in a model's answer, without what models put around one; empty when there is none."""
    for line in answer.splitlines():
        words = re.sub(r"\s+", " ", re.sub(r"\*\*|`", "", line)).strip(AROUND)
        words = re.sub(r"^(?:1[.)]\s|(?:the )?title\s*:)", "", words, flags=re.IGNORECASE)
        words = words.strip(AROUND).removesuffix(".").strip(AROUND)
        if any(map(str.isalnum, words)):
            return _shorten("".join(filter(str.isprintable, words)))
    return ""


def _shorten(words: str) -> str:
    if len(words) <= LONGEST:
        return words
    cut = words[: LONGEST - 1]
    at_word = cut.rsplit(" ", 1)[0] if words[LONGEST - 1] != " " else cut
    return (at_word if len(at_word) > LONGEST // 2 else cut).rstrip(" ,;:.") + "…"
