"""The pace: what this period has used by now, what it will have used at its end, and the period before."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from chat.models import Budget, Period, Spending
from chat.usage.reports import Row, total, usage_by_day
from chat.usage.span import Span
from chat.usage.standing import Standing, standing_of
from chat.usage.used import counters_now

LAST = {Period.DAY: "yesterday", Period.WEEK: "last week", Period.MONTH: "last month"}
TOO_EARLY = 0.03  # of a period: what so little of it says of its end is chance


@dataclass(frozen=True, kw_only=True)
class Month:
    """Everybody's, of the calendar month of today; `before` has as many days of the month before."""

    now: Row
    before: Row
    whole_before: Row
    elapsed: float
    ends_on: datetime.date

    @property
    def projected(self) -> Row | None:
        """At its end, if it goes on like this; None while it is too early to tell."""
        if self.elapsed < TOO_EARLY:
            return None
        return Row(
            requests=round(self.now.requests / self.elapsed),
            prompt_tokens=round(self.now.tokens / self.elapsed),
            cost_nano_usd=round(self.now.cost_nano_usd / self.elapsed),
            unpriced=self.now.unpriced,
        )


@dataclass(frozen=True, kw_only=True)
class BudgetPace:
    """Of a budget of everyone or a group, in its own period and unit."""

    standing: Standing
    elapsed: float
    last: str  # what the period before is called
    before: int | None  # used in the whole of it; None where nobody counted

    @property
    def projected(self) -> int | None:
        return round(self.standing.used / self.elapsed) if self.elapsed >= TOO_EARLY else None

    @property
    def is_too_fast(self) -> bool:
        return self.projected is not None and self.projected > self.standing.limit

    @property
    def projected_words(self) -> str:
        return self.standing.in_words(self.projected or 0)

    @property
    def before_words(self) -> str:
        return self.standing.in_words(self.before or 0)


def pace_of_month() -> Month:
    today = timezone.localdate()
    first = Period.MONTH.first_day(today)
    first_before = Period.MONTH.first_day(first - datetime.timedelta(days=1))
    last_before = first - datetime.timedelta(days=1)
    days = usage_by_day(Span(first_before, today))
    same_day = min(first_before + (today - first), last_before)
    return Month(
        now=total(row for row in days if row.value >= first),
        before=total(row for row in days if row.value <= same_day),
        whole_before=total(row for row in days if row.value < first),
        elapsed=elapsed_of(Period.MONTH, first),
        ends_on=Period.MONTH.next_first_day(first) - datetime.timedelta(days=1),
    )


def pace_of_budgets() -> list[BudgetPace]:
    """Those that bind several people, the tightest first."""
    counters = counters_now(Budget.objects.filter(user=None).select_related("group").order_by("pk"))
    firsts = {
        spending.budget_id: Period(spending.budget.period).first_day(
            spending.starts_on - datetime.timedelta(days=1)
        )
        for spending in counters
    }
    rows = Spending.objects.filter(budget__in=firsts, starts_on__in=set(firsts.values()))
    before = {
        (budget, first): used for budget, first, used in rows.values_list("budget", "starts_on", "used")
    }
    found = [
        BudgetPace(
            standing=standing_of(spending),
            elapsed=elapsed_of(Period(spending.budget.period), spending.starts_on),
            last=LAST[Period(spending.budget.period)],
            before=before.get((spending.budget_id, firsts[spending.budget_id])),
        )
        for spending in counters
    ]
    return sorted(found, key=lambda pace: pace.standing.share, reverse=True)


def elapsed_of(period: Period, first: datetime.date) -> float:
    """The share of the period that is over, in hours that really pass there."""
    start, end = (
        timezone.make_aware(datetime.datetime.combine(day, datetime.time.min)).timestamp()
        for day in (first, period.next_first_day(first))
    )
    return min(max((timezone.now().timestamp() - start) / (end - start), 0.0), 1.0)
