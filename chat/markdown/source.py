"""The text as the parser gets it, and the parser."""

import re

from pyromark import Markdown, Options

PARSER = Markdown(options=Options.ENABLE_TABLES | Options.ENABLE_STRIKETHROUGH | Options.ENABLE_TASKLISTS)

# The parser visits every open container again for every line, so depth times lines must stay bounded.
_TOO_DEEP = re.compile(
    r"""
    ^(?: [ \t]*+ (?: > | [-+*](?=[ \t]) | [0-9]{1,9}+[.)](?=[ \t]) ) ){50}
    """,
    re.MULTILINE | re.VERBOSE,
)
_UNREADABLE = re.compile("[\0\ud800-\udfff]")


def readable(text: str) -> str:
    """The same number of characters, each of which can be encoded, every line ended by a line feed.

    NUL and lone surrogates (JSON may carry them) become U+FFFD; a carriage return becomes a space
    before a line feed and a line feed elsewhere.
    """
    text = _UNREADABLE.sub("\ufffd", text)
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    return text


def shallow_length(text: str) -> int:
    """How many characters stand before the first line that opens fifty quotes and lists at once."""
    deep = _TOO_DEEP.search(text)
    return deep.start() if deep else len(text)
