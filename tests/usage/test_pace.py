"""The pace: what a period has used by now, what it comes to at this rate, and what the one before came to."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import transaction

from chat.models import Budget, Spending, User
from chat.usage import hold_counters, pace_of_budgets, pace_of_month
from chat.usage.pace import TOO_EARLY
from tests.usage.closing import closed
from tests.usage.used import used

NANO = 1_000_000_000
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def berlin(settings: Any, db: None) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def now(moment: str) -> time_machine.travel:
    """A clock of the site's wall that stands still."""
    return time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=BERLIN), tick=False)


def on(user: User, *days: str, **more: Any) -> None:
    for day in days:
        used(user, day=date.fromisoformat(day), **more)


@pytest.mark.parametrize(
    ("moment", "elapsed"),
    [
        ("2026-11-16T00:00", 0.5),  # of 30 days
        ("2026-12-16T12:00", 0.5),  # of 31
        ("2026-02-15T00:00", 0.5),  # of 28
        ("2028-02-15T12:00", 0.5),  # of 29
        ("2026-03-16T00:00", 15 * 24 / (31 * 24 - 1)),  # clocks go forward on the 29th
        ("2026-03-31T00:00", (30 * 24 - 1) / (31 * 24 - 1)),
        ("2026-10-31T00:00", (30 * 24 + 1) / (31 * 24 + 1)),  # back on the 25th
        ("2026-11-01T00:00", 0.0),
    ],
)
def test_a_month_is_as_far_as_its_hours_are_over(moment: str, elapsed: float) -> None:
    with now(moment):
        assert pace_of_month().elapsed == pytest.approx(elapsed, abs=1e-9)


def test_what_is_used_is_projected_to_the_months_end(alice: User) -> None:
    on(alice, "2026-11-01", "2026-11-09", "2026-11-15")
    with now("2026-11-16T00:00"):
        month = pace_of_month()
    assert (month.now.requests, month.now.tokens, month.now.cost) == (3, 90, "$4.50")
    assert month.projected
    assert (month.projected.requests, month.projected.tokens, month.projected.cost) == (6, 180, "$9.00")
    assert month.ends_on == date(2026, 11, 30)


def test_a_part_that_is_unknown_is_unknown_of_what_is_projected(alice: User) -> None:
    on(alice, "2026-11-01")
    on(alice, "2026-11-02", cost_nano_usd=None)
    with now("2026-11-16T00:00"):
        projected = pace_of_month().projected
    assert projected
    assert projected.cost == "$3.00+"


def test_the_first_day_says_nothing_of_the_last(alice: User) -> None:
    on(alice, "2026-11-01")
    with now("2026-11-01T21:00"):
        assert pace_of_month().projected is None
    with now("2026-11-01T22:00"):
        assert pace_of_month().elapsed >= TOO_EARLY
        assert pace_of_month().projected is not None


@pytest.mark.parametrize(
    ("moment", "by_this_day", "in_all"),
    [
        ("2026-11-01T12:00", 1, 4),  # October's first
        ("2026-11-30T12:00", 3, 4),  # the 30th of 31
        ("2026-10-31T12:00", 0, 0),
        ("2026-12-31T12:00", 0, 0),
    ],
)
def test_the_month_before_is_told_by_the_same_day_and_in_all(
    alice: User, moment: str, by_this_day: int, in_all: int
) -> None:
    on(alice, "2026-10-01", "2026-10-15", "2026-10-30", "2026-10-31")
    with now(moment):
        month = pace_of_month()
    assert (month.before.requests, month.whole_before.requests) == (by_this_day, in_all)


def test_on_the_last_days_a_shorter_month_before_is_whole(alice: User) -> None:
    on(alice, "2026-02-28", "2026-03-30")
    with now("2026-03-30T12:00"):
        month = pace_of_month()
    assert (month.now.requests, month.before.requests, month.whole_before.requests) == (1, 1, 1)


def test_january_comes_after_december(alice: User) -> None:
    on(alice, "2026-12-05", "2026-12-20", "2027-01-05")
    with now("2027-01-10T12:00"):
        month = pace_of_month()
    assert (month.now.requests, month.before.requests, month.whole_before.requests) == (1, 1, 2)


def budget(unit: str, limit: int, period: str, **whose: Any) -> Budget:
    return Budget.objects.create(unit=unit, limit=limit, period=period, **whose)


def test_a_budget_is_projected_in_its_own_period_and_unit(alice: User, settings: Any) -> None:
    settings.UNPRICED_UNDER_USD_BUDGET = "allow"
    group = Group.objects.create(name="Design")
    alice.groups.add(group)
    with now("2026-11-25T06:00"):  # a Wednesday
        budget("requests", 7, "day")
        budget("tokens", 1000, "week", group=group)
        budget("usd", 5 * NANO, "month")
        budget("requests", 9, "day", user=alice)
        for _ in range(2):
            closed(alice, cost_nano_usd=NANO)
        paces = {pace.standing.name: pace for pace in pace_of_budgets()}
    assert set(paces) == {
        "The budget of everyone for today",
        "The budget of Design for this week",
        "The budget of everyone for this month",
    }
    day = paces["The budget of everyone for today"]
    assert (day.projected, day.is_too_fast) == (8, True)  # 2 in a quarter of the day
    week = paces["The budget of Design for this week"]
    assert (week.projected_words, week.is_too_fast) == ("684 tokens", False)  # 220 in 54 of 168 hours
    month = paces["The budget of everyone for this month"]
    assert (month.projected_words, month.is_too_fast) == ("$2.47", False)  # $2.00 in 24.25 of 30 days


def test_the_tightest_budget_stands_first(alice: User) -> None:
    wide, tight = budget("requests", 100, "day"), budget("requests", 3, "month")
    closed(alice)
    assert [pace.standing.budget_id for pace in pace_of_budgets()] == [tight.pk, wide.pk]


@pytest.mark.parametrize(
    ("period", "before", "last"),
    [
        ("day", "2026-11-24", "yesterday"),
        ("week", "2026-11-16", "last week"),
        ("month", "2026-10-01", "last month"),
    ],
)
def test_the_period_before_is_told_where_somebody_counted(period: str, before: str, last: str) -> None:
    of = budget("requests", 5, period)
    with now("2026-11-25T12:00"):
        (pace,) = pace_of_budgets()
        assert (pace.before, pace.last) == (None, last)
        Spending.objects.create(budget=of, starts_on=before, used=4)
        Spending.objects.create(budget=of, starts_on=date.fromisoformat(before) - timedelta(days=40), used=9)
        (pace,) = pace_of_budgets()
    assert pace.before_words == "4 requests"


def test_what_was_granted_counts_as_allowed(alice: User) -> None:
    of = budget("requests", 2, "day")
    with now("2026-11-25T12:00"):
        closed(alice)
        closed(alice)
        assert pace_of_budgets()[0].is_too_fast
        with transaction.atomic():
            hold_counters([of])[0].grant(2)
        assert not pace_of_budgets()[0].is_too_fast


def test_many_budgets_cost_as_many_queries_as_one(alice: User, django_assert_num_queries: Any) -> None:
    def queries(number: int) -> None:
        with django_assert_num_queries(2):
            assert len(pace_of_budgets()) == number

    for number, (unit, period) in enumerate([("requests", "day"), ("tokens", "week"), ("usd", "month")]):
        of = budget(unit, 10, period)
        with transaction.atomic():
            hold_counters([of])
        queries(number + 1)
