"""Django's admin shows accounts, money and the ledger, and nothing of what people wrote."""

import re
import uuid
from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import (
    Action,
    ApiKey,
    AuditEntry,
    Budget,
    Call,
    Conversation,
    DailyTotal,
    Message,
    Price,
    Reply,
    User,
)
from tests.accounts.traces import in_tables
from tests.usage.closing import close, closed, opened

WITH_CONTENT = {"Conversation", "Message", "Reply", "ReplyChunk"}


@pytest.fixture
def root(bob: User, bobs: Client) -> Client:
    bob.is_superuser = True
    bob.save()
    return bobs


def test_nothing_with_content_is_registered() -> None:
    registered = {model.__name__ for model in admin.site._registry}
    assert not registered & WITH_CONTENT
    assert {"User", "Group", "Price", "Budget", "ApiKey", "Call"} <= registered


def test_every_page_of_the_admin_opens(root: Client) -> None:
    root.get("/admin/")  # the map of addresses takes some pages out, and is read by the first request
    for model in admin.site._registry:
        name = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert root.get(name).status_code == 200
        assert root.get(f"{name}add/").status_code in {200, 403}


def test_pages_of_the_admin_have_the_sites_icon(root: Client) -> None:
    """Else a browser asks for /favicon.ico, which is not there."""
    for path in ("/admin/", "/admin/chat/budget/", "/admin/chat/budget/add/"):
        assert '<link rel="icon" href="/static/favicon' in root.get(path).content.decode()


def test_the_menu_leads_there_who_may_do_something_there(bob: User, bobs: Client) -> None:
    link = 'href="/admin/"'
    assert link not in bobs.get("/usage/").content.decode()
    bob.user_permissions.add(Permission.objects.get(codename="view_budget"))
    assert link in bobs.get("/usage/").content.decode()
    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    assert link in bobs.get("/usage/").content.decode()


def test_the_ledger_is_read_only(root: Client, alice: User) -> None:
    call = Call.objects.create(
        opened_at=datetime(2026, 3, 14, tzinfo=UTC),
        day=date(2026, 3, 14),
        user=alice,
        source="chat",
        model_requested="m",
        max_tokens=1,
        request_id=uuid.uuid4(),
    )
    where = f"/admin/chat/call/{call.pk}/"
    assert root.get(f"{where}change/").status_code == 200
    assert root.post(f"{where}change/", {"status": "done"}).status_code == 403
    assert root.post(f"{where}delete/", {"post": "yes"}).status_code == 403
    assert root.get("/admin/chat/call/add/").status_code == 403
    assert root.get("/admin/chat/call/?q=alice&status=running").status_code == 200
    alice.delete()
    assert root.get("/admin/chat/call/").status_code == 200
    assert root.get(f"{where}change/").status_code == 200


def test_no_action_of_the_admin_deletes_rows_of_the_ledger(root: Client, alice: User) -> None:
    call = closed(alice)
    form = {"action": "delete_selected", "_selected_action": call.pk, "post": "yes"}
    root.post("/admin/chat/call/", form)
    assert list(Call.objects.values_list("pk", "status")) == [(call.pk, "done")]


def test_what_a_row_of_the_ledger_names_is_deleted_without_touching_it(root: Client, alice: User) -> None:
    """A user takes conversations, replies and keys along."""
    alice.groups.add(group := Group.objects.create(name="group"))
    key = ApiKey.objects.create(user=alice, name="Hers", prefix="pk-hers", key_hash="0")
    conversation = Conversation.objects.create(owner=alice, title="Hers")
    question = Message.objects.create(conversation=conversation, role="user", text="Hello")
    answer = Message.objects.create(conversation=conversation, role="assistant", parent=question)
    reply = Reply.objects.create(message=answer, asker=alice, send_id=uuid.uuid4(), state="done", model="m")
    close(opened(alice, conversation_id=conversation.pk, reply_id=reply.pk, api_key_id=key.pk))
    before = [list(model.objects.values()) for model in (Call, DailyTotal)]
    with CaptureQueriesContext(connection) as asked:
        for where in (f"auth/group/{group.pk}", f"chat/apikey/{key.pk}", f"chat/user/{alice.pk}"):
            assert root.post(f"/admin/{where}/delete/", {"post": "yes"}).status_code == 302
    deleted = [Group, ApiKey, Conversation, Message, Reply, User.objects.filter(username="alice")]
    assert not any(getattr(gone, "objects", gone).exists() for gone in deleted)
    touched = re.compile(r'(UPDATE|DELETE FROM|INSERT INTO) "chat_(call|dailytotal)"')
    assert not [query["sql"] for query in asked if touched.match(query["sql"])]
    assert [list(model.objects.values()) for model in (Call, DailyTotal)] == before


def entries() -> list[tuple[str, str, str]]:
    """Action, whom it is about and the detail of what bob did but for his log-in; oldest first."""
    found = AuditEntry.objects.exclude(action=Action.LOGGED_IN).order_by("pk")
    assert {(entry.actor.username, entry.address) for entry in found} <= {("bob", "127.0.0.1")}
    names = dict(User.objects.values_list("pk", "username"))
    return [(entry.action, names.get(entry.subject_id, ""), entry.detail) for entry in found]


def test_a_budget_is_in_the_audit_trail_from_its_making_to_its_end(root: Client, alice: User) -> None:
    fields = {"period": "day", "unit": "requests", "limit": "5", "warn_percent": "80"}
    root.post("/admin/chat/budget/add/", {**fields, "user": alice.pk})
    root.post("/admin/chat/budget/add/", fields)
    own, everyones = Budget.objects.order_by("pk")
    for _ in range(2):  # the second time nothing is changed
        root.post(f"/admin/chat/budget/{own.pk}/change/", {"limit": "7", "warn_percent": "80"})
    root.post(f"/admin/chat/budget/{own.pk}/change/", {"limit": "7", "warn_percent": "50"})
    root.post(f"/admin/chat/budget/{own.pk}/delete/", {"post": "yes"})
    form = {"action": "delete_selected", "_selected_action": everyones.pk, "post": "yes"}
    root.post("/admin/chat/budget/", form)
    assert not Budget.objects.exists()
    assert entries() == [
        ("budget_set", "alice", "5 requests a day"),
        ("budget_set", "", "everyone, 5 requests a day"),
        ("budget_set", "alice", "7 requests a day, before 5 requests"),
        ("budget_set", "alice", "7 requests a day, shown from 50%"),
        ("budget_removed", "alice", "7 requests a day"),
        ("budget_removed", "", "everyone, 5 requests a day"),
    ]


def test_many_of_a_thing_are_called_as_people_call_them() -> None:
    """Django puts an s behind every name; the page that asks before a deletion counts by these words."""
    called = {str(model._meta.verbose_name_plural) for model in apps.get_models()}
    assert "replies" in called
    assert not [words for words in called if re.search("[^aeiou]ys$|(ing|s|x|ch)s$", words)]


def test_a_price_is_in_the_audit_trail_with_what_it_was(root: Client) -> None:
    fields = {
        "model": "m",
        "starts_on": "2026-11-01",
        "prompt_nano_usd": "0.25",
        "completion_nano_usd": "0.3",
    }
    root.post("/admin/chat/price/add/", fields)
    price = Price.objects.get()
    root.post(f"/admin/chat/price/{price.pk}/change/", {**fields, "prompt_nano_usd": "0.001"})
    root.post(f"/admin/chat/price/{price.pk}/delete/", {"post": "yes"})
    before, after = (f"m from 2026-11-01: {prompt} / 0.30 USD a million tokens" for prompt in (0.25, 0.001))
    assert entries() == [
        ("price_set", "", before),
        ("price_set", "", f"{after}, before {before}"),
        ("price_removed", "", after),
    ]


def test_a_price_that_is_refused_is_not_in_the_audit_trail(root: Client) -> None:
    assert root.post("/admin/chat/price/add/", {"model": "m"}).status_code == 200
    assert entries() == []


def test_roles_and_other_changes_of_an_account_are_told_apart(root: Client, alice: User) -> None:
    group = Group.objects.create(name="Sales")
    right = Permission.objects.get(codename="add_price")
    User.objects.update(date_joined=datetime(2026, 3, 14, 12, tzinfo=UTC))
    where = f"/admin/chat/user/{alice.pk}/change/"
    same = {"username": "alice", "email": "alice@example.org", "is_active": "on"}
    for name in ("date_joined", "initial-date_joined"):  # the form compares what it was with what comes
        same |= {f"{name}_0": "2026-03-14", f"{name}_1": "12:00:00"}
    new = {"is_staff": "on", "user_permissions": right.pk, "email": "new@example.org", "first_name": "Al"}
    for change in ({}, {"is_staff": "on", "groups": group.pk}, new):
        assert root.post(where, {**same, **change}).status_code == 302
    assert entries() == [
        ("role_changed", "alice", "administrator, groups: Sales"),
        ("role_changed", "alice", "groups: none, permissions: add_price"),
        ("user_changed", "alice", "first name, email address"),
    ]
    assert "example.org" not in str(AuditEntry.objects.values())


def test_an_account_is_made_gets_a_password_and_is_deleted(root: Client) -> None:
    words = {"usable_password": "true", "password1": "correct horse battery"}
    words["password2"] = words["password1"]
    root.post("/admin/chat/user/add/", {"username": "dora", **words})
    dora = User.objects.get(username="dora")
    AuditEntry.objects.record(Action.LOGGED_IN, actor=dora, address="192.0.2.7")
    where = f"/admin/chat/user/{dora.pk}"
    assert root.post(f"{where}/password/", {**words, "password2": "other"}).status_code == 200
    assert root.post(f"{where}/password/", words).status_code == 302
    assert entries() == [("user_created", "dora", ""), ("password_changed", "dora", "")]
    root.post(f"{where}/delete/", {"post": "yes"})
    gone = AuditEntry.objects.latest("pk")
    assert (gone.action, gone.subject_id, gone.address) == (Action.USER_DELETED, dora.pk, "127.0.0.1")
    assert AuditEntry.objects.get(actor=dora.pk).address is None
    assert "horse" not in str(AuditEntry.objects.values())


def test_a_group_is_in_the_audit_trail(root: Client) -> None:
    right = Permission.objects.get(codename="add_price")
    root.post("/admin/auth/group/add/", {"name": "Sales"})
    where = f"/admin/auth/group/{Group.objects.get().pk}"
    root.post(f"{where}/change/", {"name": "Ops", "permissions": right.pk})
    root.post(f"{where}/delete/", {"post": "yes"})
    assert [detail for _, _, detail in entries()] == [
        "the group Sales: made",
        "the group Ops: called Sales before",
        "the group Ops: permissions: add_price",
        "the group Ops: deleted, with its budgets",
    ]


def test_a_key_that_is_disabled_or_deleted_is_in_the_audit_trail(root: Client, alice: User) -> None:
    key = ApiKey.objects.create(user=alice, name="Hers", prefix="pk-hers", key_hash="0")
    where = f"/admin/chat/apikey/{key.pk}"
    root.post(f"{where}/change/", {"expires_at_0": "2030-05-31", "expires_at_1": "12:00"})
    root.post(f"{where}/delete/", {"post": "yes"})
    assert entries() == [
        ("key_changed", "alice", "pk-hers disabled, expires 2030-05-31"),
        ("key_deleted", "alice", "pk-hers"),
    ]


def test_the_admins_door_is_the_sites_own(guest: Client, charlies: Client) -> None:
    assert guest.get("/admin/").status_code == 302
    assert guest.get("/admin/login/").headers["Location"].startswith("/accounts/login/")
    assert charlies.get("/admin/chat/call/").status_code in {302, 403}


@pytest.mark.django_db(transaction=True)
def test_a_deleted_key_changes_no_total_and_leaves_no_name(root: Client, alice: User) -> None:
    key = ApiKey.objects.create(user=alice, name="her secret plan", prefix="pk-1", key_hash="0" * 64)
    with transaction.atomic():
        close(opened(alice, source="api", api_key_id=key.pk))
    totals = list(DailyTotal.objects.values())

    assert root.post(f"/admin/chat/apikey/{key.pk}/delete/", {"post": "yes"}).status_code == 302

    assert not ApiKey.objects.exists()
    assert Call.objects.get().api_key_id == key.pk
    assert list(DailyTotal.objects.values()) == totals
    assert list(in_tables(["her secret plan"])) == []
