"""More of a budget: asked for once, decided once, and never more than was granted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connections, transaction

from chat.models import Action, AuditEntry, Budget, BudgetRequest, Call, Spending, User
from chat.models.spending import MOST
from chat.usage import DecidedAlready, NotAsked, OverBudget, admit, ask, decline, grant, standing_now
from tests.usage.closing import ASKED, closed

NANO = 1_000_000_000
NOVEMBER = datetime(2026, 11, 25, 12, tzinfo=UTC)


def budget(unit: str = "requests", limit: int = 5, period: str = "month", **whose: Any) -> Budget:
    return Budget.objects.create(unit=unit, limit=limit, period=period, **whose)


def trail() -> list[tuple[str, int | None, int | None, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "actor", "subject", "detail"))


def test_what_is_asked_for_waits_and_is_in_the_trail(alice: User) -> None:
    asked = ask(alice, budget(), reason="A long report")
    asked.refresh_from_db()
    assert (asked.user, asked.state, asked.reason) == (alice, "asked", "A long report")
    assert trail() == [(Action.BUDGET_ASKED, alice.pk, None, "everyone, 5 requests a month")]


def test_one_request_for_a_budget_is_open_at_a_time(alice: User, bob: User, charlie: User) -> None:
    month, day = budget(), budget(period="day")
    first = ask(alice, month, reason="First")
    with pytest.raises(NotAsked) as refusal:
        ask(alice, month, reason="Again")
    assert not refusal.value.too_often
    ask(alice, day, reason="Another budget")
    ask(charlie, month, reason="Another person")
    decline(first, by=bob, answer="Not now")
    ask(alice, month, reason="Once more")
    assert BudgetRequest.objects.open().count() == 3


def test_ten_requests_a_day_are_enough(alice: User, bob: User) -> None:
    of = budget()
    with time_machine.travel(NOVEMBER, tick=False):
        for _ in range(10):
            decline(ask(alice, of, reason="Please"), by=bob, answer="No")
        with pytest.raises(NotAsked) as refusal:
            ask(alice, of, reason="Please")
        assert refusal.value.too_often
    with time_machine.travel(NOVEMBER + timedelta(days=1, seconds=1), tick=False):
        ask(alice, of, reason="Please")


def test_until_the_period_ends_is_no_longer_than_that(alice: User, bob: User) -> None:
    of = budget(limit=1)
    with time_machine.travel(NOVEMBER, tick=False):
        closed(alice)
        with pytest.raises(OverBudget):
            admit(replace(ASKED, user_id=alice.pk))
        grant(ask(alice, of, reason="One more"), by=bob, amount=1, permanent=False)
        closed(alice)
        with pytest.raises(OverBudget) as refusal:
            admit(replace(ASKED, user_id=alice.pk))
        assert "2 of 2 requests" in refusal.value.sentence
        standing = standing_now(of)
    assert (standing.limit, standing.granted, standing.used) == (2, 1, 2)
    with time_machine.travel(NOVEMBER + timedelta(days=6), tick=False):
        assert standing_now(of).limit == 1
        closed(alice)
        with pytest.raises(OverBudget):
            admit(replace(ASKED, user_id=alice.pk))
    of.refresh_from_db()
    assert of.limit == 1


def test_from_now_on_is_in_the_next_period_too(alice: User, bob: User) -> None:
    of = budget(limit=1)
    with time_machine.travel(NOVEMBER, tick=False):
        asked = grant(ask(alice, of, reason="More"), by=bob, amount=2, permanent=True, answer="Of course")
        assert standing_now(of).limit == 3
    with time_machine.travel(NOVEMBER + timedelta(days=6), tick=False):
        assert standing_now(of).limit == 3
    assert (asked.state, asked.amount, asked.permanent, asked.answer, asked.decided_by) == (
        *("granted", 2, True, "Of course"),
        bob,
    )
    assert trail()[-1] == (
        *(Action.BUDGET_GRANTED, bob.pk, alice.pk),
        "everyone, 1 request a month: 2 requests more from now on",
    )


def test_the_trail_says_until_when(alice: User, bob: User) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        of = budget("usd", 5 * NANO, group=Group.objects.create(name="Design"))
        grant(ask(alice, of, reason="More"), by=bob, amount=3 * NANO // 2, permanent=False)
    assert trail()[-1][3] == "the group Design, $5.00 a month: $1.50 more until 1 December 2026"


def test_grants_of_one_period_add_up(alice: User, bob: User, charlie: User) -> None:
    of = budget(limit=1)
    for user in (alice, charlie):
        grant(ask(user, of, reason="More"), by=bob, amount=2, permanent=False)
    assert standing_now(of).limit == 5


@pytest.mark.parametrize("permanent", [True, False])
def test_no_grant_is_more_than_a_column_holds(alice: User, bob: User, permanent: bool) -> None:
    of = budget("tokens", MOST - 1)
    for _ in range(2):
        grant(ask(alice, of, reason="More"), by=bob, amount=MOST, permanent=permanent)
    assert standing_now(of).limit == MOST


def test_what_is_declined_changes_no_budget(alice: User, bob: User) -> None:
    of = budget()
    asked = decline(ask(alice, of, reason="More"), by=bob, answer="Ask in December")
    assert (asked.state, asked.answer, asked.amount, asked.decided_by) == (
        "declined",
        "Ask in December",
        None,
        bob,
    )
    assert standing_now(of).limit == 5
    assert trail()[-1] == (Action.BUDGET_DECLINED, bob.pk, alice.pk, "everyone, 5 requests a month")


def test_what_is_decided_stays_decided(alice: User, bob: User) -> None:
    of = budget()
    asked = ask(alice, of, reason="More")
    decline(asked, by=bob, answer="No")
    before = trail()
    for again in (
        lambda: grant(asked, by=bob, amount=5, permanent=True),
        lambda: grant(asked, by=bob, amount=5, permanent=False),
        lambda: decline(asked, by=bob, answer="Still no"),
    ):
        with pytest.raises(DecidedAlready):
            again()
    asked.refresh_from_db()
    assert (asked.state, asked.answer, standing_now(of).limit, trail()) == ("declined", "No", 5, before)


def at_once(*verbs: Callable[[], object]) -> list[object]:
    """What each of them came to, in threads that begin at the same moment: its result, or what it raised."""
    ready = Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> object:
        try:
            ready.wait(30)
            return verb()
        except (DecidedAlready, NotAsked, OverBudget) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(verbs)) as threads:
        return [done.result(60) for done in [threads.submit(run, verb) for verb in verbs]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("permanent", [True, False])
def test_of_decisions_at_once_one_counts(alice: User, bob: User, permanent: bool) -> None:
    for _ in range(5):
        of = budget(user=alice)
        asked = ask(alice, of, reason="More")

        def granted(pk: int = asked.pk) -> BudgetRequest:
            return grant(BudgetRequest.objects.get(pk=pk), by=bob, amount=2, permanent=permanent)

        def declined(pk: int = asked.pk) -> BudgetRequest:
            return decline(BudgetRequest.objects.get(pk=pk), by=bob, answer="No")

        came = at_once(granted, declined, granted, declined)
        assert sum(isinstance(one, DecidedAlready) for one in came) == 3
        asked.refresh_from_db()
        assert standing_now(of).limit == (7 if asked.state == "granted" else 5)
        assert AuditEntry.objects.filter(action__in=("budget_granted", "budget_declined")).count() == 1
        AuditEntry.objects.all().delete()
        of.delete()


@pytest.mark.django_db(transaction=True)
def test_of_the_same_request_sent_twice_at_once_one_is_asked(alice: User) -> None:
    of = budget()
    came = at_once(*[lambda: ask(alice, of, reason="More")] * 4)
    assert sum(isinstance(one, NotAsked) for one in came) == 3
    assert BudgetRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("permanent", [True, False])
def test_a_grant_amid_calls_lets_no_more_through_than_was_granted(
    alice: User, bob: User, permanent: bool
) -> None:
    of = budget(limit=5)
    asked = ask(alice, of, reason="More")

    def granted() -> BudgetRequest:
        return grant(asked, by=bob, amount=7, permanent=permanent)

    def call() -> Call:
        with transaction.atomic():
            return admit(replace(ASKED, user_id=alice.pk))

    came = at_once(*[call] * 10, granted, *[call] * 10)
    admitted = sum(isinstance(one, Call) for one in came)
    assert 5 <= admitted <= 12
    assert sum(isinstance(one, OverBudget) for one in came) == 20 - admitted
    while admitted < 12:
        call()
        admitted += 1
    with pytest.raises(OverBudget):
        call()
    spending = Spending.objects.get(budget=of)
    assert (spending.reserved, Call.objects.count()) == (12, 12)
