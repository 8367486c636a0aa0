"""Days, months and years of a query, in the site's time zone."""

import re
from datetime import UTC, datetime

from django.utils import timezone

DAY = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?")


class Unreadable(Exception):
    """`sentence` is for the person who typed it."""

    def __init__(self, typed: str) -> None:
        self.sentence = f"“{typed}” is no day; write 2026-05-31, 2026-05 or 2026."
        super().__init__(self.sentence)


def begin_of(typed: str) -> datetime:
    """The moment at which the day, month or year begins; raises Unreadable."""
    found = DAY.fullmatch(typed)
    if found is None:
        raise Unreadable(typed)
    try:
        year, month, day = (int(number or 1) for number in found.groups())
        return timezone.make_aware(datetime(year, month, day)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(typed) from error
