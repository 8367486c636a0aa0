"""Budgets: their periods, who is bound by them, what is reserved, and what a call's end makes of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone

from chat.local_model import MODEL_NAME
from chat.models import Budget, Call, Period, Price, Reservation, Spending, User
from chat.usage import (
    Admission,
    Closing,
    OverBudget,
    admit,
    close_call,
    hold_counters,
    remove_budgets,
    standings,
    warning,
)
from chat.usage.errors import InUse, Unpriced, UsedUp
from tests.usage.closing import ASKED, DONE, WORKER

NANO = 1_000_000_000


@pytest.fixture
def asked(alice: User) -> Admission:
    return replace(ASKED, user_id=alice.pk)


def budget(unit: str, limit: int, *, period: str = "day", **whose: Any) -> Budget:
    return Budget.objects.create(unit=unit, limit=limit, period=period, **whose)


def counter(of: Budget) -> tuple[int, int]:
    """Used and reserved, of its newest period."""
    spending = Spending.objects.filter(budget=of).latest("starts_on")
    return spending.used, spending.reserved


def price(prompt: int, completion: int, model: str = "m") -> None:
    Price.objects.create(
        model=model, starts_on=date(2000, 1, 1), prompt_nano_usd=prompt, completion_nano_usd=completion
    )


@pytest.mark.parametrize(
    ("period", "day", "first", "following"),
    [
        ("day", date(2026, 11, 25), date(2026, 11, 25), date(2026, 11, 26)),
        ("week", date(2026, 11, 25), date(2026, 11, 23), date(2026, 11, 30)),
        ("week", date(2027, 1, 3), date(2026, 12, 28), date(2027, 1, 4)),
        ("month", date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
        ("month", date(2028, 2, 29), date(2028, 2, 1), date(2028, 3, 1)),
    ],
)
def test_periods_are_those_of_the_calendar(period: str, day: date, first: date, following: date) -> None:
    assert Period(period).first_day(day) == first
    assert Period(period).next_first_day(day) == following


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("Europe/Berlin", date(2026, 10, 25)),  # 25 hours
        ("America/New_York", date(2026, 3, 8)),  # 23 hours
        ("Australia/Lord_Howe", date(2026, 4, 5)),  # 24 hours and a half
    ],
)
def test_a_day_ends_at_the_sites_midnight_also_around_summer_time(
    asked: Admission, alice: User, zone: str, night: date
) -> None:
    of = budget("requests", 1)
    here = ZoneInfo(zone)
    midnight = datetime(night.year, night.month, night.day + 1, tzinfo=here)
    began = datetime(night.year, night.month, night.day, tzinfo=here)
    with timezone.override(zone):
        with time_machine.travel(began, tick=False):
            close_call(admit(asked).pk, WORKER, DONE)
            with pytest.raises(UsedUp) as refusal:
                admit(asked)
            hours = {"Europe/Berlin": 25, "America/New_York": 23, "Australia/Lord_Howe": 24.5}[zone]
            assert refusal.value.retry_after == hours * 3600
        with time_machine.travel(midnight.timestamp() - 1, tick=False):
            with pytest.raises(UsedUp) as refusal:
                admit(asked)
            assert refusal.value.retry_after == 1
        with time_machine.travel(midnight, tick=False):
            admit(asked)
            assert counter(of) == (0, 1)


def test_a_call_counts_in_the_period_that_it_was_opened_in(asked: Admission) -> None:
    of = budget("requests", 5)
    with time_machine.travel(datetime(2026, 11, 25, 23, 59, tzinfo=UTC), tick=False):
        call = admit(asked)
    with time_machine.travel(datetime(2026, 11, 26, 0, 1, tzinfo=UTC), tick=False):
        close_call(call.pk, WORKER, DONE)
        admit(asked)
    days = Spending.objects.filter(budget=of).order_by("starts_on")
    assert [(row.starts_on.day, row.used, row.reserved) for row in days] == [(25, 1, 0), (26, 0, 1)]


def test_everyone_a_group_and_a_user_are_bound_by_theirs_alone(
    asked: Admission, alice: User, charlie: User
) -> None:
    first, second, other = (Group.objects.create(name=name) for name in ("First", "Second", "Other"))
    alice.groups.add(first, second)
    charlie.groups.add(other)
    hers = [
        budget("requests", 9),
        budget("requests", 9, group=first),
        budget("requests", 9, group=second),
        budget("requests", 9, user=alice),
    ]
    his = [budget("requests", 9, group=other), budget("requests", 9, user=charlie)]
    admit(asked)
    assert [counter(of) for of in hers] == [(0, 1)] * 4
    assert not Spending.objects.filter(budget__in=his).exists()


def test_what_is_reserved_is_the_worst_case_and_what_stays_is_what_was_used(asked: Admission) -> None:
    price(250, 500)
    tokens, usd, requests = budget("tokens", 1000), budget("usd", NANO), budget("requests", 5)
    call = admit(asked)
    assert counter(tokens) == (0, 150)
    assert counter(usd) == (0, 100 * 250 + 50 * 500)
    assert counter(requests) == (0, 1)
    close_call(call.pk, WORKER, DONE)
    assert counter(tokens) == (110, 0)
    assert counter(usd) == (100 * 250 + 10 * 500, 0)
    assert counter(requests) == (1, 0)
    assert not Reservation.objects.exists()


@pytest.mark.parametrize(
    ("closing", "used"),
    [
        (Closing(status="failed", answered=False), (0, 0, 1)),
        (Closing(status="stopped", answered=False, asked=False), (0, 0, 0)),
        (Closing(status="stopped", answered=True, completion_characters=40), (110, 30_000, 1)),
        (Closing(status="interrupted", answered=True), (100, 25_000, 1)),
        (replace(DONE, cost_nano_usd=7), (110, 7, 1)),
    ],
)
def test_every_end_settles_what_it_used(
    asked: Admission, closing: Closing, used: tuple[int, int, int]
) -> None:
    price(250, 500)
    budgets = [budget("tokens", 1000), budget("usd", NANO), budget("requests", 5)]
    close_call(admit(asked).pk, WORKER, closing)
    assert [counter(of) for of in budgets] == [(amount, 0) for amount in used]
    assert not close_call(Call.objects.get().pk, WORKER, closing)
    assert [counter(of) for of in budgets] == [(amount, 0) for amount in used]


def test_an_answer_is_as_long_as_the_tightest_budget_leaves(asked: Admission, alice: User) -> None:
    price(1000, 1000)
    budget("tokens", 145)
    budget("usd", 130_000, user=alice)
    budget("tokens", 10_000, period="week")
    call = admit(asked)
    assert (call.max_tokens, call.reserved_tokens) == (30, 130)


def test_where_nothing_sensible_can_be_said_nothing_is_asked(asked: Admission) -> None:
    budget("tokens", 115)
    with pytest.raises(UsedUp, match="has too little left for this: 0 of 115 tokens are used") as refusal:
        admit(asked)
    assert not Call.objects.exists()
    assert refusal.value.retry_after is not None
    admit(replace(asked, max_tokens=10))  # as much as was wanted is enough


def test_a_budget_that_is_used_up_says_so(asked: Admission) -> None:
    budget("requests", 1)
    with time_machine.travel(datetime(2026, 11, 25, 23, tzinfo=UTC), tick=False):
        close_call(admit(asked).pk, WORKER, DONE)
        with pytest.raises(UsedUp) as refusal:
            admit(asked)
    assert refusal.value.sentence == (
        "The budget of everyone for today is used up: 1 of 1 request. It resets on Thursday, 26 November 2026."
    )
    assert refusal.value.retry_after == 3600


def test_what_others_only_reserved_is_said_to_be_in_use(asked: Admission, alice: User) -> None:
    budget("usd", 110_000, user=alice, period="month")
    price(500, 500)
    admit(asked)
    with pytest.raises(InUse) as refusal:
        admit(asked)
    assert "Your budget for this month is in use by replies that are running" in refusal.value.sentence
    assert "$0.000075 more are reserved" in refusal.value.sentence
    assert refusal.value.retry_after == 10


def test_of_several_that_refuse_the_one_speaks_that_refuses_longest(asked: Admission, alice: User) -> None:
    budget("requests", 1, period="day")
    budget("requests", 1, period="month", user=alice)
    close_call(admit(asked).pk, WORKER, DONE)
    with (
        time_machine.travel(timezone.now().replace(day=1, hour=12)),
        pytest.raises(UsedUp, match="this month"),
    ):
        admit(asked)


def test_an_unpriced_model_follows_the_setting_under_a_budget_in_usd(
    asked: Admission, settings: Any, alice: User
) -> None:
    of = budget("usd", NANO, user=alice)
    with pytest.raises(Unpriced, match="what the model “m” costs is not known") as refusal:
        admit(asked)
    assert refusal.value.retry_after is None
    settings.UNPRICED_UNDER_USD_BUDGET = "allow"
    close_call(admit(asked).pk, WORKER, DONE)
    assert counter(of) == (0, 0)


def test_the_embedded_model_costs_what_it_itself_costs(asked: Admission, settings: Any) -> None:
    settings.EMBEDDED_MODEL = True
    budget("usd", NANO)
    price(1, 1)
    with pytest.raises(Unpriced):
        admit(asked)
    price(0, 0, MODEL_NAME)
    assert admit(asked).max_tokens == 50


def test_a_fresh_budget_lets_twenty_people_chat_at_once(db: None, settings: Any) -> None:
    budget("tokens", 100_000)
    wanted = replace(ASKED, max_tokens=settings.MAX_TOKENS, prompt_characters=4000)
    people = [User.objects.create(username=f"person{number}") for number in range(20)]
    calls = [admit(replace(wanted, user_id=person.pk)) for person in people]
    assert {call.max_tokens for call in calls} == {settings.MAX_TOKENS}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("end", "used"),
    [
        (Closing(status="stopped", answered=False, asked=False), (0, 0)),
        (Closing(status="failed", answered=False), (0, 2500)),
        (
            Closing(
                status="interrupted", answered=True, prompt_tokens=100, completion_tokens=3, cost_nano_usd=1
            ),
            (2500 * 103, 2500),
        ),
        (
            Closing(status="stopped", answered=True, prompt_tokens=100, completion_tokens=0, cost_nano_usd=1),
            (2500 * 100, 2500),
        ),
    ],
)
def test_ten_thousand_aborted_calls_leave_exactly_what_was_used(
    asked: Admission, end: Closing, used: tuple[int, int]
) -> None:
    tokens, requests = budget("tokens", 10**9), budget("requests", 10**6)
    for _ in range(50):
        with transaction.atomic():
            for _ in range(50):
                close_call(admit(asked).pk, WORKER, end)
    assert (counter(tokens), counter(requests)) == ((used[0], 0), (used[1], 0))
    assert not Reservation.objects.exists()


def test_a_budget_made_in_the_middle_counts_what_was_used_and_what_runs(
    asked: Admission, alice: User, charlie: User
) -> None:
    close_call(admit(asked).pk, WORKER, DONE)
    close_call(admit(replace(asked, user_id=charlie.pk)).pk, WORKER, DONE)
    running = admit(asked)
    group = Group.objects.create(name="Hers")
    alice.groups.add(group)
    of = budget("tokens", 1000, group=group, period="month")
    assert [standing.used_of_limit for standing in standings(alice)] == ["110 of 1,000 tokens"]
    with transaction.atomic():
        hold_counters([of])
    assert counter(of) == (110, 150)
    close_call(running.pk, WORKER, DONE)
    assert counter(of) == (220, 0)


def test_a_limit_that_changes_keeps_what_was_used(asked: Admission) -> None:
    of = budget("requests", 5)
    close_call(admit(asked).pk, WORKER, DONE)
    Budget.objects.filter(pk=of.pk).update(limit=1)
    with pytest.raises(UsedUp):
        admit(asked)


def test_a_budget_that_is_removed_binds_nobody_not_even_what_runs(asked: Admission) -> None:
    budget("requests", 1)
    running = admit(asked)
    remove_budgets(Budget.objects.all())
    assert close_call(running.pk, WORKER, DONE)
    admit(asked)
    assert not Spending.objects.exists()


def test_a_mistyped_price_keeps_no_call_from_its_end(asked: Admission, settings: Any) -> None:
    settings.UNPRICED_UNDER_USD_BUDGET = "allow"
    of = budget("usd", 2**63 - 1)
    calls = [admit(asked), admit(asked)]
    price(2**62, 2**62)
    for call in calls:
        assert close_call(call.pk, WORKER, DONE)
    assert counter(of) == (2**63 - 1, 0)


def test_the_warning_is_of_the_tightest_from_its_level_on(asked: Admission, alice: User) -> None:
    budget("requests", 4, warn_percent=50)
    budget("requests", 3, user=alice, period="week", warn_percent=60)
    close_call(admit(asked).pk, WORKER, DONE)
    assert warning(alice) is None
    close_call(admit(asked).pk, WORKER, DONE)
    standing = warning(alice)
    assert standing is not None
    assert (standing.name, standing.used_of_limit) == ("Your budget for this week", "2 of 3 requests")


def test_without_a_budget_there_is_one_question_for_one(
    asked: Admission, alice: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert standings(alice) == []
    lock = int(connection.vendor == "postgresql")
    with django_assert_num_queries(3 + lock):  # the estimate, the budgets, the row
        admit(asked)


def test_a_refusal_is_in_the_log(asked: Admission, caplog: pytest.LogCaptureFixture) -> None:
    budget("requests", 0)
    caplog.set_level("INFO", "chat")
    with pytest.raises(OverBudget):
        admit(asked)
    assert f"Refused a call of user {asked.user_id}" in caplog.text
