"""Who looked at whose usage, and who took it away as a file, is in the audit trail."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from chat.models import Action, ApiKey, AuditEntry, User
from tests.views.usage_shown import MARCH, lines, objects


def seen() -> list[tuple[int | None, int | None]]:
    looks = AuditEntry.objects.filter(action=Action.USAGE_SEEN).order_by("pk")
    return list(looks.values_list("actor", "subject"))


@pytest.mark.parametrize("path", ["/usage/all/", "/usage/calls/"])
def test_who_looks_at_one_persons_usage_is_in_the_trail_once_an_hour(
    bobs: Client, bob: User, alice: User, charlie: User, path: str
) -> None:
    key = ApiKey.objects.create(user=charlie, name="laptop", key_hash="1")
    bobs.get(path)
    bobs.get(f"{path}?by=user&model=m")
    bobs.get(f"{path}?user={bob.pk}")
    bobs.get(f"{path}?user=0")
    assert seen() == []
    for _ in range(2):
        bobs.get(f"{path}?user={alice.pk}")
        bobs.get(f"{path}?key={key.pk}")
    assert seen() == [(bob.pk, alice.pk), (bob.pk, charlie.pk)]
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        bobs.get(f"{path}?user={alice.pk}&by=model")
    assert seen()[2:] == [(bob.pk, alice.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_download_is_in_the_trail_with_its_days(bobs: Client, bob: User, alice: User) -> None:
    lines(bob, MARCH)
    objects(bob, f"{MARCH}&user={alice.pk}")
    entries = AuditEntry.objects.order_by("pk").exclude(action=Action.LOGGED_IN)
    assert list(entries.values_list("action", "subject", "detail")) == [
        (Action.EXPORTED, None, "usage, 2026-03-01 to 2026-03-31"),
        (Action.USAGE_SEEN, alice.pk, ""),
        (Action.EXPORTED, None, "usage, 2026-03-01 to 2026-03-31"),
    ]
