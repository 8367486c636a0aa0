"""What was entered lately in the audit trail, however long it is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Action, AuditEntry, User

NOW = timezone.now()
MINUTE = timedelta(minutes=1)


def entered(seconds_ago: int, actor: User) -> AuditEntry:
    at = NOW - timedelta(seconds=seconds_ago)
    return AuditEntry.objects.create(at=at, actor=actor, action=Action.BUDGET_REFUSED)


def test_only_what_was_entered_after_a_moment_is_found(alice: User, charlie: User) -> None:
    entered(3600, alice)
    entered(61, alice)
    newer = [entered(59, alice), entered(1, alice)]
    entered(1, charlie)
    lately = AuditEntry.objects.filter(actor=alice).since(NOW - MINUTE)
    assert list(lately.order_by("pk")) == newer


def test_nothing_is_found_where_nothing_was_entered_after_it(alice: User) -> None:
    entered(61, alice)
    assert not AuditEntry.objects.since(NOW - MINUTE)


@pytest.mark.only_on("sqlite")  # PostgreSQL knows how many rows an index will find
def test_what_one_person_left_before_is_not_looked_through(alice: User) -> None:
    entered(1, alice)
    plan = AuditEntry.objects.filter(actor=alice).since(NOW - MINUTE).explain()
    assert "audit_actor (actor_id=? AND id>?)" in plan
