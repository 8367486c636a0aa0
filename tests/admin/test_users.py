"""Accounts in the admin: one administrator always stays."""

from typing import Any

import pytest
from django.test import Client

from chat.models import Action, AuditEntry, User

LAST = "This is the only administrator: make somebody else one first."


def form_of(client: Client, user: User, **changed: Any) -> dict[str, Any]:
    """What the page would send, with some of it changed; None leaves a field out."""
    page = client.get(f"/admin/chat/user/{user.pk}/change/")
    form = page.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if name != "password"}
    sent["date_joined_0"], sent["date_joined_1"] = "2026-11-25", "10:00:00"
    sent |= changed
    return {name: value for name, value in sent.items() if value not in (None, False, [])}


@pytest.mark.parametrize("taken", ["is_superuser", "is_active"])
def test_the_only_one_stays_one(root: Client, bob: User, taken: str) -> None:
    answer = root.post(f"/admin/chat/user/{bob.pk}/change/", form_of(root, bob, **{taken: False}))
    assert LAST in answer.content.decode()
    bob.refresh_from_db()
    assert bob.is_superuser
    assert bob.is_active


def test_one_of_two_may_go(root: Client, bob: User, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True, is_staff=True)
    answer = root.post(f"/admin/chat/user/{bob.pk}/change/", form_of(root, bob, is_superuser=False))
    assert answer.status_code == 302
    bob.refresh_from_db()
    assert not bob.is_superuser


def test_the_only_one_is_not_deleted(root: Client, bob: User, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True, is_active=False)
    for page in (
        root.post(f"/admin/chat/user/{bob.pk}/delete/", {"post": "yes"}),
        root.post(
            "/admin/chat/user/",
            {"action": "delete_selected", "_selected_action": [alice.pk, bob.pk], "post": "yes"},
        ),
    ):
        assert LAST in page.content.decode()
    assert User.objects.filter(pk=bob.pk, is_active=True).exists()
    assert not AuditEntry.objects.filter(action=Action.USER_DELETED).exists()
