"""Django's admin shows accounts, money and the ledger, and nothing of what people wrote."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.contrib import admin
from django.test import Client

from chat.models import Call, User

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


def test_the_admins_door_is_the_sites_own(guest: Client, charlies: Client) -> None:
    assert guest.get("/admin/").status_code == 302
    assert guest.get("/admin/login/").headers["Location"].startswith("/accounts/login/")
    assert charlies.get("/admin/chat/call/").status_code in {302, 403}
