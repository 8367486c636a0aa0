"""Refusals for what is used of a budget, noted down until somebody can be told of them.

A refusal undoes the transaction that it comes in, so that nothing can be written in it. What a process that dies
had noted is lost: the next refusal tells the same.
"""

from django.conf import settings
from django.db import Error, transaction

from chat.models import Budget
from chat.usage.counters import hold_counters
from chat.usage.crossings import tell_refusal
from chat.usage.errors import OverBudget, UsedUp

_noted: set[int] = set()  # numbers of budgets


def note_refusal(refusal: OverBudget) -> None:
    if settings.MAIL and isinstance(refusal, UsedUp):
        _noted.add(refusal.standing.budget_id)


def tell_refusals() -> None:
    """Of this process, those of budgets that nobody was told of; each in a transaction of its own."""
    while _noted:
        budget_id = _noted.pop()
        try:
            _tell(budget_id)
        except Error:
            _noted.add(budget_id)
            raise


def _tell(budget_id: int) -> None:
    with transaction.atomic():
        for spending in hold_counters(Budget.objects.filter(pk=budget_id)):
            tell_refusal(spending)
