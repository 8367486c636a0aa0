"""An account that is deleted leaves its numbers in the ledger, and not one word anywhere."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import notices, usage
from chat.accounts import erasure
from chat.jobs import mail
from chat.models import (
    Action,
    ApiKey,
    AuditEntry,
    Budget,
    Call,
    Conversation,
    DailyTotal,
    Folder,
    Job,
    Reply,
    SavedPrompt,
    Spending,
    User,
)
from chat.notices.letter import letter_of
from tests.accounts.mail import use
from tests.accounts.traces import in_file, in_tables
from tests.accounts.written import WORDS, newest_reply, send, write_everywhere
from tests.cast import PASSWORD
from tests.running import Running
from tests.upstream import Answer, Gate, Upstream

USED_UP = {"ends": "is used up", "rest": "nothing", "used": "1 of 1 request", "resets_on": "Monday"}


@pytest.fixture
def root(bob: User, bobs: Client) -> Client:
    bob.is_superuser = True
    bob.save()
    return bobs


def erase(root: Client, user: User) -> None:
    """As an administrator does it."""
    send(root, f"/admin/chat/user/{user.pk}/delete/", post="yes")


def ledger() -> list[dict[str, object]]:
    """What the CSV of today tells."""
    today = usage.Span(timezone.localdate(), timezone.localdate())
    return [dict(zip(usage.CSV_COLUMNS, row, strict=True)) for row in usage.ledger_rows(today)]


def changed_by_an_administrator(user: User) -> dict[str, str]:
    user.refresh_from_db()
    joined = user.date_joined
    return {
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": "",
        "is_active": "on",
        "date_joined_0": f"{joined:%Y-%m-%d}",
        "date_joined_1": f"{joined:%H:%M:%S}",
    }


@pytest.mark.django_db(transaction=True)
def test_nothing_that_a_user_wrote_is_left_and_no_total_changes(
    alice: User, alices: Client, root: Client, process: Running, upstream: Upstream
) -> None:
    write_everywhere(alices, alice, process, upstream)
    send(root, f"/admin/chat/user/{alice.pk}/change/", **changed_by_an_administrator(alice))
    assert {trace.split()[0] for trace in in_tables(WORDS.values())} == set(WORDS.values())
    rows, totals = ledger(), list(DailyTotal.objects.order_by("pk").values())
    assert len(rows) == 3

    erase(root, alice)

    assert not User.objects.filter(pk=alice.pk).exists()
    assert list(in_tables(WORDS.values())) == []
    if connection.vendor == "sqlite":
        assert list(in_file(WORDS.values())) == []
    name = f"deleted user {alice.pk}"
    assert ledger() == [{**row, "user": name} for row in rows]
    assert list(DailyTotal.objects.order_by("pk").values()) == totals
    assert name in root.get("/usage/all/?by=user").content.decode()
    assert list(usage.differences()) == []
    assert list(usage.still_reserved()) == []


def test_a_conversation_that_another_process_deletes_meanwhile_holds_up_nothing(alice: User) -> None:
    Conversation.objects.create(owner=alice, deleted_at=timezone.now())
    Conversation.objects.create(owner=alice)

    def faster(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if sql.startswith('UPDATE "chat_conversation"'):
            Conversation.objects.filter(owner=alice).delete()
        return execute(sql, *args)

    with connection.execute_wrapper(faster):
        erasure.retire(alice)
    erasure.erase(alice)
    assert not User.objects.filter(pk=alice.pk).exists()


def test_an_import_that_runs_brings_nothing_in_any_more(alice: User, charlie: User) -> None:
    hers, his = (
        Job.objects.create(owner=owner, kind="import", name="x", state="running", worker=uuid4())
        for owner in (alice, charlie)
    )
    erasure.retire(alice)
    assert not Job.objects.all().advance(hers.pk, hers.worker, done=1)
    assert Job.objects.all().advance(his.pk, his.worker, done=1)


@pytest.mark.django_db(transaction=True)
def test_what_runs_is_stopped_and_closed_before_its_user_is_gone(
    alice: User, alices: Client, root: Client, process: Running, upstream: Upstream
) -> None:
    budget = Budget.objects.create(period="day", unit="requests", limit=100)
    gate = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(gate,)))
    send(alices, "/conversations/", text="Hello", send_id=uuid4())
    process.committed(newest_reply(), lambda text: "words," in text)

    erase(root, alice)

    assert upstream.record().closed.wait(1)
    call = Call.objects.get()
    assert (call.status, call.usage_source, call.reserved_tokens) == ("stopped", "estimate", 0)
    assert Spending.objects.values_list("budget", "used", "reserved").get() == (budget.pk, 1, 0)
    assert not Reply.objects.exists()
    assert list(usage.differences()) == []


@pytest.mark.django_db(transaction=True)
def test_sessions_and_addresses_go_and_the_trail_stays(
    alice: User, alices: Client, charlies: Client, bob: User, root: Client
) -> None:
    AuditEntry.objects.record(Action.EXPORTED, actor=alice, address="192.0.2.7")
    AuditEntry.objects.record(Action.LOG_IN_FAILED, subject=alice, address="192.0.2.8")
    AuditEntry.objects.record(Action.ROLE_CHANGED, actor=bob, subject=alice, address="192.0.2.9")

    erase(root, alice)

    assert alices.get("/usage/").status_code == 302
    assert charlies.get("/usage/").status_code == 200
    assert Session.objects.count() == 2
    entries = AuditEntry.objects.exclude(action=Action.LOGGED_IN).order_by("pk")
    entries = entries.values_list("action", "actor", "subject", "address")
    assert list(entries)[:3] == [
        (Action.EXPORTED, alice.pk, None, None),
        (Action.LOG_IN_FAILED, None, alice.pk, None),
        (Action.ROLE_CHANGED, bob.pk, alice.pk, "192.0.2.9"),
    ]
    last = AuditEntry.objects.latest("pk")
    assert (last.action, last.actor_id, last.subject_id) == (Action.USER_DELETED, bob.pk, alice.pk)
    assert {entry.object_repr for entry in LogEntry.objects.all()} == {f"deleted user {alice.pk}"}


def test_the_deletion_itself_reads_no_sessions_and_ends_one_that_began_meanwhile(
    alice: User, charlies: Client
) -> None:
    """Sessions of thousands would be read while everybody else waits to write."""
    erasure.retire(alice)
    User.objects.filter(pk=alice.pk).update(is_active=True)
    Client(REMOTE_ADDR="203.0.113.7").post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert Session.objects.count() == 2
    with CaptureQueriesContext(connection) as asked:
        erasure.erase(alice)
    assert not [query["sql"] for query in asked if "session_data" in query["sql"]]
    assert Session.objects.get().get_decoded()[SESSION_KEY] != str(alice.pk)
    assert charlies.get("/usage/").status_code == 200


def test_no_mail_that_waits_names_who_is_gone(alice: User, charlie: User, bob: User, settings: Any) -> None:
    """Those that tell of others too are sent without them."""
    use(settings, 25)
    budget = Budget.objects.create(period="day", unit="requests", limit=5)
    with transaction.atomic():
        notices.request_made(usage.ask(alice, budget, reason="Hers"))
        notices.request_made(usage.ask(charlie, budget, reason="His"))
    for told in ([alice], [charlie], [alice, charlie]):
        about = [{**USED_UP, "name": f"The budget of {user}", "about": user.pk} for user in told]
        with transaction.atomic():
            subject, values = f"The budget of {told[0]} is used up", {"budgets": about}
            mail([bob], "budgets_of_users", subject=subject, values=values)
    erasure.erase(alice)
    letters = [letter_of(job) for job in Job.objects.order_by("pk")]
    assert [letter.subject for letter in letters] == [
        "charlie asks for more of a budget",
        "The budget of charlie is used up",
        "The budget of charlie is used up",
    ]
    assert not [letter for letter in letters if "alice" in letter.body or "Hers" in letter.body]


@pytest.mark.parametrize("expired", [False, True])
def test_sessions_that_no_list_knows_go_too(alice: User, alices: Client, expired: bool) -> None:
    assert not UserSession.objects.exists()
    if expired:
        Session.objects.update(expire_date=timezone.now())
    erasure.retire(alice)
    assert not Session.objects.exists()


def test_the_page_that_asks_names_nothing_that_the_user_wrote(alice: User, root: Client) -> None:
    """Whoever administers sees numbers, not content: names of folders and prompts are content."""
    Folder.objects.create(owner=alice, name="Her plans")
    SavedPrompt.objects.create(owner=alice, name="her-prompt", text="Hers")
    page = root.get(f"/admin/chat/user/{alice.pk}/delete/").content.decode()
    assert "alice" in page
    assert "<li>Folders: 1</li>" in page
    assert "Her plans" not in page
    assert "her-prompt" not in page


@pytest.mark.django_db(transaction=True)
def test_who_may_not_delete_what_goes_with_an_account_takes_nothing_of_it(
    alice: User, bob: User, bobs: Client
) -> None:
    """Django asks for the permission to delete each thing that it can show, such as a key."""
    bob.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "delete_user"]))
    ApiKey.objects.issue(alice, name="hers")
    conversation = Conversation.objects.create(owner=alice)
    where = f"/admin/chat/user/{alice.pk}/delete/"
    assert bobs.post(where, {"post": "yes"}).status_code == 403
    alice.refresh_from_db()
    assert alice.is_active
    assert list(Conversation.objects.visible_to(alice)) == [conversation]


def test_an_account_that_one_is_only_asked_about_stays_as_it_is(alice: User, root: Client) -> None:
    page = root.post(f"/admin/chat/user/{alice.pk}/delete/", {})
    assert "Are you sure" in page.content.decode()
    alice.refresh_from_db()
    assert alice.is_active


def test_several_accounts_are_deleted_at_once_by_the_list(alice: User, charlie: User, root: Client) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [alice.pk, charlie.pk], "post": "yes"}
    assert root.post("/admin/chat/user/", chosen).status_code == 302
    assert list(User.objects.values_list("username", flat=True)) == ["bob"]
    assert AuditEntry.objects.filter(action=Action.USER_DELETED).count() == 2
