"""What the site does at night by itself: once a day, by one process, also when others die over it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from chat.jobs import Runner, line
from chat.models import Action, AuditEntry, Conversation, Invitation, Job, JobKind, User
from chat.models.invitation import InvitedAs
from chat.retention import Night, night
from tests.site import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

NIGHT = datetime(2026, 11, 25, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kept_for_ninety_days(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RETENTION_DAYS = 90
    monkeypatch.setattr(line, "LOOK", 0.1)


@pytest.fixture
def open_runner(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Runner]]:
    """At any hour of the day on which the tests run."""
    monkeypatch.setattr(night, "HOUR", 0)
    opened: list[Runner] = []

    def open_one() -> Runner:
        opened.append(Runner.open({JobKind.NIGHT: Night}))
        return opened[-1]

    yield open_one
    for runner in opened:
        runner.close()


def look(moment: datetime) -> list[str]:
    """What has been put down by then."""
    with time_machine.travel(moment, tick=False):
        Night.look()
    return list(Job.objects.order_by("pk").values_list("name", flat=True))


def old(owner: User, *, announced: bool, **more: Any) -> Conversation:
    going_on = timezone.localdate() if announced else None
    long_ago = timezone.now() - timedelta(days=400)
    return Conversation.objects.create(owner=owner, updated_at=long_ago, going_on=going_on, **more)


def over(count: int = 1) -> list[Job]:
    """Once so many nights are done."""
    done = Job.objects.filter(kind="night", state="done")
    wait_for(lambda: done.count() == count, "the night's work")
    return list(done)


def test_a_job_is_put_down_once_a_day_from_three_o_clock_on(db: None) -> None:
    assert look(NIGHT - timedelta(minutes=1)) == []
    assert look(NIGHT) == ["2026-11-25"]
    assert look(NIGHT + timedelta(hours=20)) == ["2026-11-25"]
    assert look(NIGHT + timedelta(hours=23)) == ["2026-11-25"]
    assert look(NIGHT + timedelta(days=1)) == ["2026-11-25", "2026-11-26"]


def test_three_o_clock_is_that_of_the_site(db: None, settings: Any) -> None:
    with timezone.override("Pacific/Auckland"):
        assert look(datetime(2026, 11, 25, 13, 59, tzinfo=UTC)) == []
        assert look(datetime(2026, 11, 25, 14, 0, tzinfo=UTC)) == ["2026-11-26"]


def test_it_deletes_what_was_announced_and_announces_what_is_due(
    alice: User, open_runner: Callable[[], Runner]
) -> None:
    old(alice, announced=True)
    due = old(alice, announced=False)
    pinned = old(alice, announced=False, pinned=True)
    for _ in range(3):
        open_runner()
    over()
    assert set(Conversation.objects.values_list("pk", flat=True)) == {due.pk, pinned.pk}
    due.refresh_from_db()
    assert due.going_on == timezone.localdate() + timedelta(days=7)
    (entry,) = AuditEntry.objects.filter(action=Action.DELETED)
    assert (entry.actor_id, entry.detail) == (None, "site: 1 conversations, untouched")


def test_the_audit_trail_says_that_the_site_did_it(alice: User, bobs: Client) -> None:
    AuditEntry.objects.record_by_site(Action.DELETED, detail="3 conversations, untouched")
    assert "site deleted 3 conversations, untouched" in bobs.get("/audit/").content.decode()


def test_a_restart_on_the_same_day_does_nothing_again(alice: User, open_runner: Callable[[], Runner]) -> None:
    open_runner().close()
    open_runner()
    (done,) = over()
    due = old(alice, announced=True)
    open_runner()
    Night.look()
    assert list(Job.objects.values_list("pk", flat=True)) == [done.pk]
    assert Conversation.objects.filter(pk=due.pk).exists()


def test_a_night_whose_process_died_is_gone_on_with_and_its_deletions_are_counted_together(
    alice: User, open_runner: Callable[[], Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Night, "silence", 0.5)
    old(alice, announced=True)
    Night.look()
    Job.objects.update(state="running", worker=uuid4(), done=2)  # it had deleted two
    open_runner()
    over()
    assert not Conversation.objects.exists()
    assert AuditEntry.objects.get(action=Action.DELETED).detail == "site: 3 conversations, untouched"


def test_a_process_that_ends_leaves_the_rest_to_others(
    alice: User, open_runner: Callable[[], Runner]
) -> None:
    for _ in range(300):
        old(alice, announced=True)
    first = open_runner()
    wait_for(lambda: Conversation.objects.count() < 295, "the first deletions")
    first.close()
    assert Conversation.objects.exists()
    assert Job.objects.get().state == "queued"
    open_runner()
    over()
    assert not Conversation.objects.exists()
    assert AuditEntry.objects.get(action=Action.DELETED).detail == "site: 300 conversations, untouched"


def test_nights_before_are_forgotten(open_runner: Callable[[], Runner]) -> None:
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    Job.objects.create(kind=JobKind.NIGHT, name=yesterday, state="failed", ended_at=timezone.now())
    open_runner()
    over()
    assert Job.objects.get().name == timezone.localdate().isoformat()


def test_without_retention_nothing_goes_and_what_was_announced_is_so_no_more(
    alice: User, open_runner: Callable[[], Runner], settings: Any
) -> None:
    settings.RETENTION_DAYS = 0
    kept = old(alice, announced=True)
    open_runner()
    over()
    kept.refresh_from_db()
    assert kept.going_on is None


def test_what_has_run_out_is_dropped_and_nothing_else(
    alice: User, bob: User, alices: Client, open_runner: Callable[[], Runner]
) -> None:
    now = timezone.now()
    Session.objects.create(session_key="ended", session_data="", expire_date=now - timedelta(minutes=1))
    for key, days in (("ended", 2), ("beginning", 0)):
        UserSession.objects.create(user=alice, session_key=key, ip="127.0.0.1", user_agent="")
        UserSession.objects.filter(session_key=key).update(created_at=now - timedelta(days=days))
    Invitation.objects.issue(bob, role=InvitedAs.MEMBER, group=None, days=-1)
    kept, _ = Invitation.objects.issue(bob, role=InvitedAs.MEMBER, group=None, days=1)
    used, _ = Invitation.objects.issue(bob, role=InvitedAs.MEMBER, group=None, days=-1)
    Invitation.objects.filter(pk=used.pk).update(used_at=now)
    with time_machine.travel(now - timedelta(hours=2)):
        cache.set("old", 1, timeout=3600)
    cache.set("new", 1, timeout=3600)
    open_runner()
    over()
    assert alices.get("/usage/").status_code == 200
    assert set(UserSession.objects.values_list("session_key", flat=True)) >= {"beginning"}
    assert not UserSession.objects.filter(session_key="ended").exists()
    assert not Session.objects.filter(session_key="ended").exists()
    assert set(Invitation.objects.values_list("pk", flat=True)) == {kept.pk, used.pk}
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM cache")
        assert [key for (key,) in cursor.fetchall() if key.endswith((":old", ":new"))] == [":1:new"]


def test_a_fault_ends_the_night_and_not_the_next_ones(
    alice: User, open_runner: Callable[[], Runner], settings: Any, caplog: Any
) -> None:
    settings.ANNOUNCED_DAYS = "seven"
    old(alice, announced=True)
    runner = open_runner()
    wait_for(lambda: Job.objects.filter(state="failed").exists(), "the end of the night")
    assert "the next night tries again" in caplog.text
    runner.close()
    settings.ANNOUNCED_DAYS = 7
    Job.objects.update(name="2020-01-01")
    open_runner()
    over()
    assert not Conversation.objects.exists()


@pytest.mark.only_on("sqlite")
def test_the_look_for_it_reads_one_row_of_an_index() -> None:
    plan = Job.objects.filter(kind=JobKind.NIGHT, name="2026-11-25").explain()
    assert "one_night_a_day" in plan
