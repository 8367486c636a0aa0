"""Refusals in the audit trail: what a budget did not allow is no call, and is in no ledger row."""

import datetime

from django.db import transaction
from django.utils import timezone

from chat.models import Action, AuditEntry, User, one_at_a_time
from chat.usage.errors import OverBudget

MINUTE = datetime.timedelta(minutes=1)


def record_refusal(refusal: OverBudget, user_id: int) -> None:
    """One entry a user, budget and minute, however often a script is refused.

    Call it after the transaction that the refusal rolled back. The lock is the last that anybody takes
    (docs/decisions/budgets.md), so that the scribe may call it at the end of a commit, for users in order.
    """
    with transaction.atomic():
        one_at_a_time(f"refusals of user {user_id}")
        refused = AuditEntry.objects.filter(action=Action.BUDGET_REFUSED, actor=user_id)
        lately = refused.since(timezone.now() - MINUTE)
        terms = refusal.standing.terms
        if not lately.filter(detail__startswith=f"{terms}: ").exists():
            AuditEntry.objects.record(
                Action.BUDGET_REFUSED,
                actor=User(pk=user_id),
                detail=f"{terms}: {refusal.why}",
            )
