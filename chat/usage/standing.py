"""How a budget stands in the period of today: what is used, what is left, and when it begins anew."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from math import ceil

from django.utils import dateformat, timezone

from chat.models import Budget, Period, Spending, Unit, User
from chat.models.budget import counted
from chat.usage.reports import usd
from chat.usage.used import counters_now

THIS = {Period.DAY: "today", Period.WEEK: "this week", Period.MONTH: "this month"}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Amounts in the budget's unit, USD as nano-USD; `name` is as in "Your budget for today"."""

    budget_id: int
    name: str
    terms: str  # as the audit trail has them
    unit: str
    limit: int  # with what was granted
    granted: int  # for this period only
    used: int
    reserved: int
    warn_percent: int
    resets_on_day: datetime.date

    @property
    def resets_at(self) -> datetime.datetime:
        """The first moment of the next period in the site's time zone."""
        return timezone.make_aware(datetime.datetime.combine(self.resets_on_day, datetime.time.min))

    @property
    def resets_on(self) -> str:
        return dateformat.format(self.resets_on_day, "l, j F Y")

    @property
    def seconds_left(self) -> int:
        """Seconds to the reset, at least 1."""
        return max(ceil((self.resets_at - timezone.now()).total_seconds()), 1)

    @property
    def is_used_up(self) -> bool:
        return self.used >= self.limit

    @property
    def warns(self) -> bool:
        """Whether it is to be shown before anybody asks."""
        return self.used * 100 >= self.limit * self.warn_percent

    @property
    def used_of_limit(self) -> str:
        """Such as "4 of 5 requests" and "$1.20 of $5.00"."""
        if self.unit == Unit.USD:
            return f"{usd(self.used)} of {usd(self.limit)}"
        return f"{self.used:,} of {self.in_words(self.limit)}"

    @property
    def reserved_words(self) -> str:
        return self.in_words(self.reserved)

    @property
    def left_words(self) -> str:
        """What is neither used nor reserved."""
        return self.in_words(max(self.limit - self.used - self.reserved, 0))

    @property
    def granted_words(self) -> str:
        return self.in_words(self.granted)

    @property
    def share(self) -> float:
        """Of the limit, used."""
        return self.used / self.limit if self.limit else 1.0

    def in_words(self, amount: int) -> str:
        if self.unit == Unit.USD:
            return usd(amount)
        return counted(amount, self.unit)


def standing_of(spending: Spending) -> Standing:
    """Of a counter whose budget, and its group, are known."""
    budget = spending.budget
    period = Period(budget.period)
    return Standing(
        budget_id=budget.pk,
        name=f"{_whose(budget)} for {THIS[period]}",
        terms=budget.in_trail,
        unit=budget.unit,
        limit=spending.limit,
        granted=spending.granted,
        used=spending.used,
        reserved=spending.reserved,
        warn_percent=budget.warn_percent,
        resets_on_day=period.next_first_day(spending.starts_on),
    )


def standings(user: User) -> list[Standing]:
    """Of every budget that applies to `user`, the tightest first; one query where none does."""
    budgets = Budget.objects.applying_to(user.pk).select_related("group")
    found = map(standing_of, counters_now(budgets))
    return sorted(found, key=lambda standing: (standing.share, standing.resets_on_day), reverse=True)


def warning(user: User) -> Standing | None:
    """The tightest of those that have reached their warning level."""
    return next((standing for standing in standings(user) if standing.warns), None)


def standing_now(budget: Budget) -> Standing:
    return standings_of([budget.pk])[budget.pk]


def standings_of(budgets: Collection[int]) -> dict[int, Standing]:
    """By the budget's number."""
    counters = counters_now(Budget.objects.filter(pk__in=budgets).select_related("group"))
    return {spending.budget_id: standing_of(spending) for spending in counters}


def _whose(budget: Budget) -> str:
    if budget.user_id:
        return "Your budget"
    return f"The budget of {budget.group.name}" if budget.group else "The budget of everyone"
