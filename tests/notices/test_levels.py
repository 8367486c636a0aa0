"""Who is told when a budget nears its end: once a level and period, and again after more was allowed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from chat.models import Budget, Job, Spending, User
from chat.usage import OverBudget, admit, ask, close_call, grant, tell_refusals
from config.environment import MailServer
from tests.usage.closing import ASKED, DONE, WORKER


@pytest.fixture(autouse=True)
def mail(settings: Any) -> None:
    settings.MAIL = MailServer("127.0.0.1", 25, "", "", starttls=False, tls=False)


def budget(limit: int, **more: Any) -> Budget:
    return Budget.objects.create(**{"unit": "requests", "limit": limit, "period": "day", **more})


def spend(user: User, times: int = 1) -> None:
    for _ in range(times):
        with transaction.atomic():
            close_call(admit(replace(ASKED, user_id=user.pk)).pk, WORKER, DONE)


def refused(user: User, **more: Any) -> None:
    """A refusal undoes what was written in its transaction; then it is told of."""
    with pytest.raises(OverBudget), transaction.atomic():
        admit(replace(ASKED, user_id=user.pk, **more))
    tell_refusals()


def told() -> list[tuple[str, str]]:
    """Whom, and what; and forget it."""
    jobs = Job.objects.filter(kind="mail").select_related("owner").order_by("pk")
    found = [(job.owner.username, job.name) for job in jobs]
    jobs.delete()
    return found


def test_a_user_is_told_of_the_warning_level_and_of_the_limit_once_each(alice: User) -> None:
    budget(5, user=alice)
    spend(alice, 3)
    assert told() == []
    spend(alice)
    assert told() == [("alice", "Your budget for today has reached 80%")]
    spend(alice)
    assert told() == [("alice", "Your budget for today is used up")]
    refused(alice)
    assert told() == []


def test_administrators_are_told_of_the_limit_of_a_user_and_not_of_the_warning(
    alice: User, bob: User
) -> None:
    budget(5, user=alice)
    spend(alice, 5)
    assert told() == [
        ("alice", "Your budget for today has reached 80%"),
        ("alice", "Your budget for today is used up"),
        ("bob", "The budget of alice for today is used up"),
    ]


def test_administrators_alone_are_told_of_budgets_of_a_group_and_of_everyone(alice: User, bob: User) -> None:
    alice.groups.add(team := Group.objects.create(name="Team"))
    budget(2, group=team, warn_percent=50)
    budget(2, period="month", warn_percent=50)
    spend(alice, 2)
    assert told() == [
        ("bob", "The budget of Team for today has reached 50%"),
        ("bob", "The budget of everyone for this month has reached 50%"),
        ("bob", "The budget of Team for today is used up"),
        ("bob", "The budget of everyone for this month is used up"),
    ]


def test_an_administrator_hears_once_of_a_budget_of_their_own(bob: User) -> None:
    budget(1, user=bob)
    spend(bob)
    assert told() == [("bob", "Your budget for today is used up")]


def test_a_jump_over_both_levels_is_told_as_the_limit(alice: User) -> None:
    budget(1, user=alice)
    spend(alice)
    assert told() == [("alice", "Your budget for today is used up")]


def test_who_is_inactive_or_has_no_address_is_not_written_to(alice: User, bob: User, charlie: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    User.objects.filter(pk=charlie.pk).update(is_staff=True, email="")
    User.objects.filter(pk=alice.pk).update(email="")
    budget(1)
    budget(1, user=alice)
    spend(alice)
    assert told() == []


@pytest.mark.parametrize(("confirmed", "count"), [(False, 0), (True, 1)])
def test_an_address_that_nobody_confirmed_is_not_written_to(alice: User, confirmed: bool, count: int) -> None:
    """It may be a stranger's; the cast's own were entered by an administrator."""
    EmailAddress.objects.create(user=alice, email="Alice@example.org", verified=confirmed, primary=True)
    budget(1, user=alice)
    spend(alice)
    assert len(told()) == count


def test_while_no_mail_is_configured_nothing_is_written_down(alice: User, bob: User, settings: Any) -> None:
    settings.MAIL = None
    budget(1)
    budget(1, user=alice)
    spend(alice)
    refused(alice)
    assert told() == []
    assert set(Spending.objects.values_list("told_percent", flat=True)) == {0}


def test_a_budget_that_is_used_up_when_it_is_made_is_told_with_the_next_use(alice: User, bob: User) -> None:
    spend(alice, 3)
    budget(4, warn_percent=50)
    spend(alice)
    assert told() == [
        ("bob", "The budget of everyone for today has reached 50%"),
        ("bob", "The budget of everyone for today is used up"),
    ]


def test_a_limit_that_was_reached_before_the_budget_is_told_with_the_first_refusal(
    alice: User, bob: User
) -> None:
    spend(alice, 3)
    budget(3)
    refused(alice)
    refused(alice)
    assert told() == [("bob", "The budget of everyone for today is used up")]


def test_too_little_left_is_told_with_the_first_refusal_and_not_again(alice: User) -> None:
    budget(200, unit="tokens", user=alice, warn_percent=50)  # a call takes 110, and reserves 150
    spend(alice)
    refused(alice)
    refused(alice)
    assert told() == [
        ("alice", "Your budget for today has reached 50%"),
        ("alice", "Your budget for today has too little left"),
    ]
    for characters in (0, 40, 0):  # shorter ones still fit, and end within the level
        call = admit(replace(ASKED, user_id=alice.pk, prompt_characters=characters, max_tokens=20))
        close_call(call.pk, WORKER, replace(DONE, prompt_tokens=1, completion_tokens=1))
        refused(alice)
    assert told() == []


def test_what_does_not_fit_although_little_is_used_is_no_news(alice: User) -> None:
    budget(1000, unit="tokens", user=alice)
    spend(alice)
    refused(alice, prompt_characters=40_000)
    assert told() == []


def test_what_is_only_reserved_is_no_news(alice: User, bob: User) -> None:
    budget(1)
    admit(replace(ASKED, user_id=alice.pk))
    refused(alice)
    assert told() == []


def test_after_the_limit_was_raised_a_new_crossing_is_told_again(alice: User) -> None:
    of = budget(5, user=alice)
    spend(alice, 5)
    told()
    Budget.objects.filter(pk=of.pk).update(limit=10)
    spend(alice, 2)
    assert told() == []
    spend(alice)
    assert told() == [("alice", "Your budget for today has reached 80%")]
    spend(alice, 2)
    assert told() == [("alice", "Your budget for today is used up")]


@pytest.mark.parametrize("permanent", [False, True])
def test_after_more_was_granted_a_new_crossing_is_told_again(alice: User, bob: User, permanent: bool) -> None:
    of = budget(10, user=alice)
    spend(alice, 10)
    told()
    grant(ask(alice, of, reason="More"), by=bob, amount=1, permanent=permanent)
    spend(alice)
    assert told() == [
        ("alice", "Your budget for today is used up"),
        ("bob", "The budget of alice for today is used up"),
    ]


def test_each_period_is_told_of_by_itself(alice: User) -> None:
    budget(1, user=alice)
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    for day in range(2):
        with time_machine.travel(noon + timedelta(days=day), tick=False):
            spend(alice)
            assert told() == [("alice", "Your budget for today is used up")]


def test_a_period_that_is_over_is_no_news(alice: User) -> None:
    budget(1, user=alice)
    with time_machine.travel(datetime(2026, 11, 25, 23, 59, tzinfo=UTC), tick=False):
        call = admit(replace(ASKED, user_id=alice.pk))
    with time_machine.travel(datetime(2026, 11, 26, 0, 1, tzinfo=UTC), tick=False):
        close_call(call.pk, WORKER, DONE)
    assert told() == []


def test_what_is_undone_is_not_told(alice: User) -> None:
    budget(1, user=alice)
    call = admit(replace(ASKED, user_id=alice.pk))
    with pytest.raises(RuntimeError), transaction.atomic():
        close_call(call.pk, WORKER, DONE)
        raise RuntimeError
    assert told() == []
    close_call(call.pk, WORKER, DONE)
    assert told() == [("alice", "Your budget for today is used up")]
