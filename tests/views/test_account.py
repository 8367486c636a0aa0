"""One's own data: everything as a file, and the end of the account."""

import asyncio
import io
import json
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from django.test import AsyncClient, Client

from chat.models import (
    Action,
    ApiKey,
    AuditEntry,
    Budget,
    BudgetRequest,
    Call,
    Conversation,
    DailyTotal,
    SavedPrompt,
    User,
)
from tests.cast import PASSWORD
from tests.said import asked
from tests.usage.closing import closed

EXPORT, DELETE = "/account/export/", "/account/delete/"


def archive_of(user: User) -> dict[str, bytes]:
    async def fetch() -> bytes:
        client = AsyncClient()
        await client.aforce_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answer = await client.get(EXPORT)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/zip"
        assert answer["Content-Disposition"].startswith("attachment; filename=")
        return b"".join([block async for block in answer.streaming_content])

    with zipfile.ZipFile(io.BytesIO(asyncio.run(fetch()))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def here(user: User) -> Client:
    """A browser in which the password was just typed once more."""
    client = Client()
    for path, fields in (
        ("/accounts/login/", {"login": user.username, "password": PASSWORD}),
        ("/accounts/reauthenticate/", {"password": PASSWORD}),
    ):
        assert client.post(path, fields).status_code == 302
    return client


def test_who_is_logged_in_is_asked_for_the_password_once_more(alices: Client, alice: User) -> None:
    answer = alices.post(DELETE, {"name": "alice"})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert User.objects.filter(pk=alice.pk, is_active=True).exists()


@pytest.mark.parametrize("path", [EXPORT, DELETE])
def test_a_guest_is_asked_to_log_in(guest: Client, path: str) -> None:
    assert guest.get(path).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_everything_of_ones_own_is_in_one_file(alice: User, charlie: User) -> None:
    asked(Conversation.objects.create(owner=alice, title="Hers"), "Her question")
    asked(Conversation.objects.create(owner=charlie, title="His"), "His question")
    SavedPrompt.objects.create(owner=alice, name="sum", text="Sum it up")
    closed(alice)
    closed(charlie)
    here(alice)
    files = archive_of(alice)
    names = ("account", "conversations", "prompts", "trail", "usage")
    assert sorted(files) == [f"{name}.json" for name in names]
    account = json.loads(files["account.json"])
    assert account["username"] == "alice"
    assert [session["ip"] for session in account["sessions"]] == ["127.0.0.1"]
    assert {entry["action"] for entry in json.loads(files["trail.json"])} == {"logged_in", "exported"}
    assert [one["title"] for one in json.loads(files["conversations.json"])["conversations"]] == ["Hers"]
    assert json.loads(files["prompts.json"]) == [{"name": "sum", "text": "Sum it up"}]
    assert [row["user"] for row in json.loads(files["usage.json"])] == ["alice"]
    assert AuditEntry.objects.filter(action=Action.EXPORTED, actor=alice).count() == 1
    assert not any(b"His" in content for content in files.values())


@pytest.mark.django_db(transaction=True)
def test_the_file_says_what_was_blocked_and_of_which_budget_more_was_asked(alice: User) -> None:
    ApiKey.objects.issue(alice, name="ci")
    ApiKey.objects.update(blocked=True)
    budget = Budget.objects.create(user=alice, period="day", unit="requests", limit=2)
    BudgetRequest.objects.create(user=alice, budget=budget, reason="A demo", state="granted", amount=3)
    BudgetRequest.objects.create(user=alice, budget=budget, reason="Another")
    account = json.loads(archive_of(alice)["account.json"])
    assert [key["blocked"] for key in account["api_keys"]] == [True]
    assert [(one["reason"], one["budget"], one["granted"]) for one in account["requests_for_more"]] == [
        ("A demo", "alice: 2 requests a day", "3 requests"),
        ("Another", "alice: 2 requests a day", None),
    ]


def test_deleting_asks_for_the_name_and_changes_nothing_before(alice: User) -> None:
    browser = here(alice)
    page = browser.get(DELETE)
    assert page.status_code == 200
    assert "A copy that somebody made of a chat you shared is theirs, and stays." in page.content.decode()
    for wrong in ("", "alic", "bob", "ali\x00ce"):
        answer = browser.post(DELETE, {"name": wrong})
        assert answer.status_code == 422
        assert "user name" in answer.content.decode()
    assert User.objects.filter(pk=alice.pk, is_active=True).exists()


@pytest.mark.django_db(transaction=True)
def test_the_account_and_its_words_go_and_the_ledger_stays(alice: User) -> None:
    number = alice.pk
    asked(Conversation.objects.create(owner=alice, title="Hers"), f"Canary {uuid4()}")
    closed(alice)
    before = [list(model.objects.values()) for model in (Call, DailyTotal)]
    browser = here(alice)
    answer = browser.post(DELETE, {"name": "alice"})
    assert "Your account is deleted" in answer.content.decode()
    assert browser.get("/conversations/").status_code == 302
    assert not User.objects.filter(pk=number).exists()
    assert not Conversation.objects.exists()
    assert [list(model.objects.values()) for model in (Call, DailyTotal)] == before
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor_id, entry.subject_id) == (Action.USER_DELETED, number, number)
    assert not AuditEntry.objects.exclude(address=None).exists()


def test_the_only_administrator_stays(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True, is_staff=True)
    answer = here(alice).post(DELETE, {"name": "alice"})
    assert answer.status_code == 422
    assert "You are the only administrator" in answer.content.decode()
    assert User.objects.filter(pk=alice.pk, is_active=True).exists()


@pytest.mark.django_db(transaction=True)
def test_of_the_last_two_administrators_who_leave_at_once_one_stays(alice: User, bob: User) -> None:
    User.objects.update(is_superuser=True, is_staff=True)
    browsers = {user.username: here(user) for user in (alice, bob)}
    both = threading.Barrier(len(browsers))

    def leave(name: str) -> int:
        both.wait(10)
        try:
            return browsers[name].post(DELETE, {"name": name}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        assert sorted(pool.map(leave, browsers)) == [200, 422]
    assert User.objects.filter(is_superuser=True, is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_is_posted_twice_happens_once(alice: User) -> None:
    browsers = [here(alice), here(alice)]
    both = threading.Barrier(len(browsers))

    def leave(browser: Client) -> int:
        both.wait(10)
        try:
            return browser.post(DELETE, {"name": "alice"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        assert 200 in set(pool.map(leave, browsers))
    assert not User.objects.exists()
    assert AuditEntry.objects.filter(action=Action.USER_DELETED).count() == 1
