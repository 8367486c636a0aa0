"""What a chart and its table show: amounts by day, or by week or month where there are many days."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chat.models import Period
from chat.usage.reports import NANO, Row, usage_by_day, usage_by_day_and, usd
from chat.usage.span import Only, Span

MOST_SERIES = 7  # more cannot be told apart; the rest is one of its own
MOST_DAYS, MOST_WEEKS = 92, 92  # beyond which a line stands for a week, and for a month
SHOWN = ("requests", "tokens", "cost")


class Cell(NamedTuple):
    amount: float  # USD for cost
    words: str


@dataclass(frozen=True)
class Line:
    """A day, or the first one of a week or month; a cell for each series."""

    day: datetime.date
    cells: list[Cell]


@dataclass(frozen=True)
class Chart:
    """`period` is what a line stands for; the oldest line comes first."""

    period: Period
    series: tuple[str, ...]
    lines: list[Line]


def chart_of(what: str, span: Span, only: Only, rows: Sequence[Row], *, show: str) -> Chart:
    """`rows` are those of the table beside it, which give the series their names; `show` is one of SHOWN.

    The largest become series of their own. Cost is in nano-USD, without what is unknown.
    """
    biggest = sorted(rows, key=lambda row: -_amount(row, show))[:MOST_SERIES]
    if len(rows) == MOST_SERIES + 1:
        biggest = sorted(rows, key=lambda row: -_amount(row, show))
    others = len(rows) > len(biggest)
    place = {row.value: number for number, row in enumerate(biggest)}
    period = _period(span)
    amounts: dict[datetime.date, Counter[int]] = {}
    for (day, value), row in usage_by_day_and(what, place, span, only).items():
        amounts.setdefault(_first(day, period, span), Counter())[place[value]] += _amount(row, show)
    if others:
        # What is left of all: one row a day, where a row for each user and day would be very many.
        for row in usage_by_day(span, only):
            line = amounts.setdefault(_first(row.value, period, span), Counter())
            line[len(biggest)] += _amount(row, show)
        for line in amounts.values():
            shown = sum(line[number] for number in place.values())
            line[len(biggest)] = max(line[len(biggest)] - shown, 0)  # a call may have ended in between
    names = (*(row.name for row in biggest), *(("all others",) if others else ()))
    return Chart(period, names, [_line(day, amounts, len(names), show) for day in _days(span, period)])


def _line(day: datetime.date, amounts: dict[datetime.date, Counter[int]], series: int, show: str) -> Line:
    found = amounts.get(day, Counter())
    return Line(day, [_cell(found[number], show) for number in range(series)])


def _cell(amount: int, show: str) -> Cell:
    return Cell(amount / NANO, usd(amount)) if show == "cost" else Cell(amount, f"{amount:,}")


def _amount(row: Row, show: str) -> int:
    return row.cost_nano_usd if show == "cost" else int(getattr(row, show))


def _period(span: Span) -> Period:
    if span.days <= MOST_DAYS:
        return Period.DAY
    return Period.WEEK if span.days <= 7 * MOST_WEEKS else Period.MONTH


def _first(day: datetime.date, period: Period, span: Span) -> datetime.date:
    """Of the line that a day is in."""
    return max(period.first_day(day), span.start)


def _days(span: Span, period: Period) -> list[datetime.date]:
    """The first day of each line."""
    days, day = [], span.start
    while day <= span.end:
        days.append(day)
        day = period.next_first_day(day)
    return days
