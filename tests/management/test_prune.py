"""Retention: announced for a week, then gone, unless somebody came back."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from chat.models import Conversation, User

TODAY = datetime(2026, 11, 25, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kept_for_ninety_days(settings: Any) -> None:
    settings.RETENTION_DAYS = 90


def made(owner: User, days: int, **more: Any) -> Conversation:
    """Touched for the last time so many days ago."""
    return Conversation.objects.create(owner=owner, updated_at=TODAY - timedelta(days=days), **more)


def prune(moment: datetime = TODAY, *arguments: str) -> str:
    out = StringIO()
    with time_machine.travel(moment, tick=False):
        call_command("prune", *arguments, stdout=out)
    return out.getvalue()


def left() -> set[int]:
    return set(Conversation.objects.values_list("pk", flat=True))


def test_it_is_announced_for_a_week_and_then_deleted(alice: User, alices: Client) -> None:
    old, new = made(alice, 400), made(alice, 80)
    assert prune() == "0 deleted; 1 more go on 2026-12-02, unless somebody writes.\n"
    page = alices.get(old.get_absolute_url()).content.decode()
    assert "this chat is deleted on Wednesday, 2 December 2026" in page
    assert "this chat is deleted" not in alices.get(new.get_absolute_url()).content.decode()
    assert prune(TODAY + timedelta(days=6)).startswith("0 deleted")
    assert prune(TODAY + timedelta(days=7)).startswith("1 deleted")
    assert left() == {new.pk}


def test_what_is_due_is_told_a_week_before_the_day(alice: User) -> None:
    conversation = made(alice, 84)
    prune()
    conversation.refresh_from_db()
    assert conversation.going_on == (TODAY + timedelta(days=7)).date()
    prune(TODAY + timedelta(days=7))
    assert left() == set()


def test_a_pin_and_a_new_message_keep_it(alice: User) -> None:
    pinned, written, _ = made(alice, 400), made(alice, 400), made(alice, 400)
    never = made(alice, 400, pinned=True)
    prune()
    pinned.pin(True)
    with time_machine.travel(TODAY + timedelta(days=3)):
        written.touch()
    prune(TODAY + timedelta(days=7))
    assert left() == {pinned.pk, written.pk, never.pk}
    pinned.refresh_from_db()
    assert pinned.going_on is None


def test_a_dry_run_changes_nothing(alice: User) -> None:
    made(alice, 400)
    assert prune(TODAY, "--dry-run").startswith("0 would be deleted today, 1 told")
    prune()
    assert prune(TODAY + timedelta(days=7), "--dry-run").startswith("1 would be deleted today, 0 told")
    assert len(left()) == 1


def test_a_dry_run_counts_nobody_who_was_told_today(alice: User) -> None:
    made(alice, 400)
    prune()
    made(alice, 400)
    assert prune(TODAY, "--dry-run").startswith("0 would be deleted today, 0 told")


def test_without_a_setting_it_says_so(settings: Any, alice: User) -> None:
    settings.RETENTION_DAYS = 0
    with pytest.raises(CommandError, match="RETENTION_DAYS is not set"):
        prune()


@pytest.mark.parametrize("days", [1, 30])
def test_a_shorter_setting_deletes_nothing_for_a_week(alice: User, settings: Any, days: int) -> None:
    """The same on an old site where the setting is new: nothing there was ever announced."""
    made(alice, 80)
    prune()
    settings.RETENTION_DAYS = days
    for day in range(1, 8):
        assert prune(TODAY + timedelta(days=day)).startswith("0 deleted")
    assert prune(TODAY + timedelta(days=8)).startswith("1 deleted")


def test_what_a_longer_setting_spares_is_announced_again_before_it_goes(alice: User, settings: Any) -> None:
    old = made(alice, 84)
    prune()
    settings.RETENTION_DAYS = 120
    prune(TODAY + timedelta(days=1))
    old.refresh_from_db()
    assert old.going_on is None
    settings.RETENTION_DAYS = 90
    for day in range(20, 27):
        assert prune(TODAY + timedelta(days=day)).startswith("0 deleted")
    assert prune(TODAY + timedelta(days=27)).startswith("1 deleted")


def test_a_longer_setting_under_which_it_does_not_go_on_the_day_that_was_told_tells_another(
    alice: User, settings: Any
) -> None:
    old = made(alice, 84)
    prune()
    settings.RETENTION_DAYS = 93
    assert prune(TODAY + timedelta(days=7)).startswith("0 deleted; 1 more go on 2026-12-09")
    old.refresh_from_db()
    assert old.going_on == (TODAY + timedelta(days=14)).date()
    assert prune(TODAY + timedelta(days=13)).startswith("0 deleted")
    assert prune(TODAY + timedelta(days=14)).startswith("1 deleted")


@pytest.mark.parametrize("days", [1, 7])
def test_a_setting_of_less_than_the_week_announces_nothing_that_is_in_use(
    alice: User, settings: Any, days: int
) -> None:
    settings.RETENTION_DAYS = days
    made(alice, 0)
    made(alice, 1)
    assert prune() == "0 deleted; 0 more go on 2026-12-02, unless somebody writes.\n"
    assert prune(TODAY + timedelta(days=1)).startswith("0 deleted; 1 more go on 2026-12-03")
