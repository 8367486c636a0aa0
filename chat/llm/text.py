"""Text from outside made safe to store: no NUL, no lone surrogate, no endless word."""

WORD_LENGTH = 200


def clean(text: str) -> str:
    """`text` with every NUL and every lone surrogate as U+FFFD, so that either database takes it."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def word(value: object) -> str | None:
    """A short word such as an id, clean and at most 200 characters; None when `value` is not one."""
    return clean(value)[:WORD_LENGTH] if isinstance(value, str) and value else None
