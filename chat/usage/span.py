"""What a report is about: days, and to what it is limited."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, fields

from django.utils import timezone

from chat.models import CallStatus

FIRST, LAST = datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)  # the days that a ledger may know
UNFINISHED = "unfinished"  # as a status: any of those below
CUT = (CallStatus.FAILED, CallStatus.INTERRUPTED)  # a stopped one ended as somebody wanted
# What tells one call from another, and the column of the daily totals that says it.
COLUMNS = {
    "user": "user_id",
    "group": "group_id",
    "model": "model",
    "source": "source",
    "key": "api_key_id",
    "status": "status",
}


@dataclass(frozen=True)
class Span:
    """Days from `start` to `end`, both included, in the site's time zone."""

    start: datetime.date
    end: datetime.date

    @classmethod
    def this_month(cls) -> "Span":
        today = timezone.localdate()
        return cls(today.replace(day=1), today)

    @classmethod
    def ever(cls) -> "Span":
        """Every day that a ledger may know."""
        return cls(FIRST, LAST)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def before(self) -> "Span":
        """As many days, just before this one."""
        end = self.start - datetime.timedelta(days=1)
        return Span(end - datetime.timedelta(days=self.days - 1), end)


@dataclass(frozen=True, kw_only=True)
class Only:
    """The calls that a report is limited to: None is any; 0 for a user, a group or a key is none."""

    user: int | None = None
    group: int | None = None
    model: str | None = None
    source: str | None = None
    key: int | None = None
    status: str | None = None

    @property
    def chosen(self) -> dict[str, int | str]:
        """By the names of COLUMNS, in their order."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def statuses(self) -> tuple[str, ...]:
        """That a call may have, where it is limited to some."""
        return CUT if self.status == UNFINISHED else (self.status or "",)

    @property
    def of_totals(self) -> dict[str, Collection[int | str]]:
        """The values that a column of the daily totals may have."""
        chosen: dict[str, Collection[int | str]] = {COLUMNS[name]: (v,) for name, v in self.chosen.items()}
        return chosen | ({"status": self.statuses} if self.status else {})


EVERYTHING = Only()
