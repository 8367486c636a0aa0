"""Values of a file as what they should be; each refuses what it is not, with the path to it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chat.transfer.refused import Refused

LARGEST = 2**31 - 1  # of tokens and the like; more is no count of anything

# What every time zone can tell, and the address of every page of the list. A wrong clock loses nobody a chat.
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2999, 12, 30, tzinfo=UTC)


def an_object(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refused(path, "is not an object")
    return value


def a_list(value: object, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refused(path, "is not a list")
    return value


def a_text(value: object, path: str, *, most: int | None = None) -> str:
    """What every database can store; `most` is in characters."""
    if not isinstance(value, str):
        raise Refused(path, "is not a text")
    if "\x00" in value:
        raise Refused(path, "holds a NUL character, which cannot be stored")
    if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
        raise Refused(path, "holds half a character, which cannot be stored")
    if most is not None and len(value) > most:
        raise Refused(path, f"is longer than {most:,} characters")
    return value


def a_word(value: object, path: str, words: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in words:
        raise Refused(path, f"is none of {', '.join(words)}")
    return value


def a_count(value: object, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise Refused(path, "is not a count")
    return value


def an_amount(value: object, path: str) -> float:
    """US dollars."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e9:
        raise Refused(path, "is not an amount of money")
    return float(value)


def a_number(value: object, path: str) -> int:
    """One that names a message; any whole number will do."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(path, "is not a whole number")
    return value


def yes_or_no(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise Refused(path, "is neither true nor false")
    return value


def a_time(value: object, path: str) -> datetime:
    """ISO 8601; without a zone it is in UTC."""
    try:
        found = datetime.fromisoformat(value)  # type: ignore[arg-type]
        return _within_reach((found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC))
    except (TypeError, ValueError, OverflowError) as error:
        raise Refused(path, "is not a time such as 2026-11-25T09:30:00Z") from error


def seconds(value: object, path: str) -> datetime:
    """A time as seconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(path, "is not a time in seconds")
    try:
        return _within_reach(datetime.fromtimestamp(value, UTC))
    except (OverflowError, ValueError, OSError) as error:
        raise Refused(path, "is not a time in seconds") from error


def _within_reach(time: datetime) -> datetime:
    return min(max(time, EARLIEST), LATEST)


def a_uuid(value: object, path: str) -> UUID:
    try:
        return UUID(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, AttributeError) as error:
        raise Refused(path, "is not a UUID") from error
