"""What people do with their chats and at the console is in the audit trail: once, and without content."""

import json
import threading
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from chat.accounts.setup_link import setup_token
from chat.models import COMMAND_LINE, Action, AuditEntry, Conversation, Folder, Job, User
from chat.transfer.imports import Import
from tests.said import answered, asked
from tests.transfer.chatgpt import simple

SECRET = "Only hers"


@pytest.fixture
def conversation(alice: User) -> Conversation:
    made = Conversation.objects.create(owner=alice, title=SECRET)
    answered(asked(made, SECRET), SECRET)
    return made


def entries() -> list[tuple[str, str]]:
    """Action and detail, oldest first, but for log-ins; none of them holds content."""
    assert SECRET not in str(AuditEntry.objects.values())
    found = AuditEntry.objects.exclude(action=Action.LOGGED_IN).order_by("pk")
    return list(found.values_list("action", "detail"))


@pytest.mark.parametrize("extension", ["json", "md", "html"])
def test_an_export(
    alices: Client, charlies: Client, alice: User, conversation: Conversation, extension: str
) -> None:
    path = f"/conversations/{conversation.pk}/export.{extension}"
    charlies.get(path)
    assert entries() == []
    alices.get(path)
    assert entries() == [("exported", f"conversation {conversation.pk} as {extension}")]
    entry = AuditEntry.objects.get(action=Action.EXPORTED)
    assert (entry.actor_id, entry.subject_id, entry.address) == (alice.pk, None, "127.0.0.1")


def test_the_export_of_all(alices: Client, conversation: Conversation) -> None:
    alices.get("/conversations/export.json")
    assert entries() == [("exported", "all conversations")]


def test_a_deletion_and_its_undo(alices: Client, charlies: Client, conversation: Conversation) -> None:
    path = f"/conversations/{conversation.pk}"
    charlies.post(f"{path}/delete/")
    alices.post(f"{path}/restore/")
    assert entries() == []
    alices.post(f"{path}/delete/")
    alices.post(f"{path}/delete/")
    alices.post(f"{path}/restore/")
    told = f"conversation {conversation.pk}"
    assert entries() == [("deleted", told), ("deleted", f"{told}, and took it back")]


def test_a_deleted_folder(alices: Client, charlies: Client, alice: User) -> None:
    folder = Folder.objects.create(owner=alice, name=SECRET)
    charlies.post(f"/folders/{folder.pk}/delete/")
    assert entries() == []
    alices.post(f"/folders/{folder.pk}/delete/")
    assert entries() == [("deleted", f"folder {folder.pk}")]


def test_a_share_from_its_making_to_its_end(
    alices: Client, charlies: Client, alice: User, conversation: Conversation
) -> None:
    alices.post(f"/conversations/{conversation.pk}/shares/")
    share = alice.shares.get()
    for path in ("update", "end"):
        charlies.post(f"/shares/{share.pk}/{path}/")
        alices.post(f"/shares/{share.pk}/{path}/")
    alices.post(f"/shares/{share.pk}/end/")
    told = f"conversation {conversation.pk}"
    assert entries() == [("shared", told), ("shared", f"{told}, as it is now"), ("share_ended", told)]
    assert share.token not in str(AuditEntry.objects.values())


def test_a_share_that_is_refused_is_not_entered(alices: Client, alice: User) -> None:
    empty = Conversation.objects.create(owner=alice, title="Empty")
    assert alices.post(f"/conversations/{empty.pk}/shares/").status_code == 422
    assert entries() == []


def test_an_import_is_entered_when_it_has_ended(alices: Client, alice: User) -> None:
    content = json.dumps([simple(0, SECRET)]).encode()
    alices.post("/imports/", {"file": SimpleUploadedFile(f"{SECRET}.json", content)})
    assert entries() == []
    run(Job.objects.get())
    assert Job.objects.get().state == "done", Job.objects.get().error
    assert entries() == [("imported", "1 conversation")]
    assert AuditEntry.objects.get(action=Action.IMPORTED).actor_id == alice.pk


def test_an_import_that_brought_nothing_is_not_entered(alices: Client) -> None:
    alices.post("/imports/", {"file": SimpleUploadedFile("file.json", b'{"conversations": []}')})
    run(Job.objects.get())
    assert entries() == []


def run(job: Job) -> None:
    worker = uuid.uuid4()
    assert Job.objects.all().claim(job.pk, worker, beat=job.beat)
    Import(Job.objects.get(pk=job.pk), worker, threading.Event()).run()


def test_the_first_administrator(guest: Client, db: None) -> None:
    words = {"password1": "correct horse battery", "password2": "correct horse battery"}
    guest.post(f"/setup/{setup_token()}/", {"username": "eve", **words})
    created, came = AuditEntry.objects.order_by("pk")
    eve = User.objects.get()
    assert (created.action, created.actor_id, created.subject_id) == (Action.USER_CREATED, None, eve.pk)
    assert created.detail == "the first administrator"
    assert (came.action, came.actor_id) == (Action.LOGGED_IN, eve.pk)


def test_chats_at_the_console(alice: User, charlie: User, conversation: Conversation, tmp_path: Path) -> None:
    file = str(tmp_path / "chats.json")
    call_command("exportchats", "alice", file)
    call_command("importchats", "charlie", file)
    call_command("importchats", "charlie", file)  # which are there already
    assert entries() == [
        ("exported", f"{COMMAND_LINE}: all conversations"),
        ("imported", f"{COMMAND_LINE}: 1 conversation"),
    ]
    found = AuditEntry.objects.order_by("pk").values_list("actor", "subject")
    assert list(found) == [(None, alice.pk), (None, charlie.pk)]


def test_an_export_that_cannot_be_written_is_not_entered(alice: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("exportchats", "alice", str(tmp_path / "nowhere" / "chats.json"))
    assert entries() == []


def test_budgets_at_the_console(alice: User) -> None:
    which = ("setbudget", "--user", "alice", "--period", "day", "--requests")
    call_command(*which, "5")
    call_command(*which, "7")
    call_command(*which, "0", "--remove")
    call_command("setbudget", "--everyone", "--period", "month", "--usd", "12.50")
    assert entries() == [
        ("budget_set", f"{COMMAND_LINE}: 5 requests a day"),
        ("budget_set", f"{COMMAND_LINE}: 7 requests a day, before 5 requests"),
        ("budget_removed", f"{COMMAND_LINE}: 7 requests a day"),
        ("budget_set", f"{COMMAND_LINE}: everyone, $12.50 a month"),
    ]
    found = AuditEntry.objects.order_by("pk").values_list("subject", flat=True)
    assert list(found) == [alice.pk, alice.pk, alice.pk, None]


def test_an_administrator_of_the_console(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery")
    call_command("createsuperuser", "--noinput", "--username", "root", "--email", "root@example.org")
    assert entries() == [("user_created", f"{COMMAND_LINE}: an administrator")]
    assert AuditEntry.objects.get().subject_id == User.objects.get(username="root").pk


def test_a_password_of_the_console(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "correct horse battery")
    call_command("changepassword", "alice")
    assert entries() == [("password_changed", COMMAND_LINE)]
    assert AuditEntry.objects.get().subject_id == alice.pk
