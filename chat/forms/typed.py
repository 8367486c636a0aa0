"""Text as people type it: its line ends, and whether anything of it would be seen."""

import unicodedata

# Signs that show nothing although Unicode counts them among letters, marks and symbols.
EMPTY = frozenset(
    [
        *"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0",
        *map(chr, range(0xFE00, 0xFE10)),  # variation selectors
        *map(chr, range(0xE0100, 0xE01F0)),
    ]
)


def is_blank(text: str) -> bool:
    """Whether nothing of it would be seen: spaces, line ends, format and control characters, empty signs."""
    return all(sign in EMPTY or unicodedata.category(sign) in {"Zs", "Zl", "Zp", "Cc", "Cf"} for sign in text)


def with_line_feeds(text: str) -> str:
    """Every line end as \\n: browsers send \\r\\n."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
