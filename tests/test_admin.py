"""Django's admin shows accounts, money and the ledger, and nothing of what people wrote."""

import re
import uuid
from datetime import UTC, date, datetime

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import ApiKey, AuditEntry, Call, Conversation, DailyTotal, Message, Reply, User
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
    for model in admin.site._registry:
        name = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert root.get(name).status_code == 200
        assert root.get(f"{name}add/").status_code in {200, 403}


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


def test_what_an_administrator_does_with_keys_is_in_the_audit_trail(
    root: Client, alice: User, bob: User
) -> None:
    keys = [ApiKey.objects.issue(alice, name="Hers")[0] for _ in range(3)]
    where = f"/admin/chat/apikey/{keys[0].pk}"
    fields = {"expires_at_0": "2030-05-31", "expires_at_1": "12:00"}
    assert root.post(f"{where}/change/", fields).status_code == 302  # a box that is not ticked is not sent
    assert root.post(f"{where}/change/", fields).status_code == 302
    assert not ApiKey.objects.usable().filter(pk=keys[0].pk).exists()
    assert root.post(f"{where}/delete/", {"post": "yes"}).status_code == 302
    others = {"action": "delete_selected", "_selected_action": [key.pk for key in keys[1:]], "post": "yes"}
    assert root.post("/admin/chat/apikey/", others).status_code == 302
    assert not ApiKey.objects.exists()

    entries = AuditEntry.objects.filter(action__startswith="key_").order_by("pk")
    assert {(entry.actor, entry.subject) for entry in entries} == {(bob, alice)}
    first, *rest = (key.shown_as for key in keys)
    assert [(entry.action, entry.detail) for entry in entries[:3]] == [
        ("key_changed", f"{first} disabled"),
        ("key_changed", f"{first} last day 2030-05-31"),
        ("key_deleted", first),
    ]
    assert {(entry.action, entry.detail) for entry in entries[3:]} == {("key_deleted", one) for one in rest}


def test_the_admins_door_is_the_sites_own(guest: Client, charlies: Client) -> None:
    assert guest.get("/admin/").status_code == 302
    assert guest.get("/admin/login/").headers["Location"].startswith("/accounts/login/")
    assert charlies.get("/admin/chat/call/").status_code in {302, 403}
