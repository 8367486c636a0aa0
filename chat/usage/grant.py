"""More of a budget: asked for with a reason, granted or declined by an administrator."""

import datetime

from django.db import transaction
from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Least
from django.utils import dateformat, timezone

from chat.models import (
    Action,
    AuditEntry,
    Budget,
    BudgetRequest,
    Period,
    RequestState,
    User,
    one_at_a_time,
)
from chat.models.spending import MOST
from chat.usage.counters import hold_counters
from chat.usage.crossings import forget_levels

ASKED_A_DAY = 10  # requests of one person


class NotAsked(Exception):
    """`sentence` is meant for the person who asked; `too_often`: time alone helps."""

    def __init__(self, sentence: str, *, too_often: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.too_often = too_often


class DecidedAlready(Exception):
    """By another administrator, or in another tab; nothing is changed."""

    sentence = "This request was decided already; nothing was changed."


class OwnRequest(Exception):
    """Somebody else is to decide; nothing is changed."""

    sentence = "Another administrator grants what you ask for yourself; nothing was changed."


def may_grant(request: BudgetRequest, by: User) -> bool:
    """Not one's own, unless no other administrator is there."""
    if request.user_id != by.pk:
        return True
    return not User.objects.filter(is_staff=True, is_active=True).exclude(pk=by.pk).exists()


def ask(user: User, budget: Budget, *, reason: str) -> BudgetRequest:
    """Raises NotAsked while one for the same budget is open, and for the eleventh of a day."""
    with transaction.atomic():
        one_at_a_time(f"requests of user {user.pk}")
        asked = BudgetRequest.objects.filter(user=user)
        if asked.open().filter(budget=budget).exists():
            raise NotAsked("You asked for more of this budget already. An administrator will look at it.")
        if asked.filter(created_at__gt=timezone.now() - datetime.timedelta(days=1)).count() >= ASKED_A_DAY:
            raise NotAsked(f"You asked {ASKED_A_DAY} times in a day. Ask again tomorrow.", too_often=True)
        AuditEntry.objects.record(Action.BUDGET_ASKED, actor=user, detail=budget.in_trail)
        return BudgetRequest.objects.create(user=user, budget=budget, reason=reason)


def grant(
    request: BudgetRequest, *, by: User, amount: int, permanent: bool, answer: str = ""
) -> BudgetRequest:
    """`amount` is in the budget's unit, USD as nano-USD: more from now on, or until this period ends.

    The budget is raised for everybody whom it binds. Raises OwnRequest and DecidedAlready.
    """
    if not may_grant(request, by):
        raise OwnRequest
    budget = request.budget
    with transaction.atomic():
        (spending,) = hold_counters([budget])
        _decide(request, RequestState.GRANTED, by, answer, amount=amount, permanent=permanent)
        if permanent:
            raised = Least(F("limit"), Value(MOST - amount, BigIntegerField())) + amount
            Budget.objects.filter(pk=budget.pk).update(limit=raised)
            spending.budget.refresh_from_db(fields=["limit"])
            until = "from now on"
        else:
            spending.grant(amount)
            until = f"until {dateformat.format(Period(budget.period).next_first_day(spending.starts_on), 'j F Y')}"
        forget_levels(spending)
        detail = f"{budget.in_trail}: {budget.in_words(amount)} more {until}"
        AuditEntry.objects.record(Action.BUDGET_GRANTED, actor=by, subject=request.user, detail=detail)
    return request


def decline(request: BudgetRequest, *, by: User, answer: str) -> BudgetRequest:
    """Raises DecidedAlready."""
    with transaction.atomic():
        _decide(request, RequestState.DECLINED, by, answer)
        of = request.budget.in_trail
        AuditEntry.objects.record(Action.BUDGET_DECLINED, actor=by, subject=request.user, detail=of)
    return request


def _decide(request: BudgetRequest, state: RequestState, by: User, answer: str, **more: object) -> None:
    """By one administrator alone, however many try at once."""
    values = {"state": state, "answer": answer, "decided_at": timezone.now(), "decided_by": by, **more}
    if not BudgetRequest.objects.open().filter(pk=request.pk).update(**values):
        raise DecidedAlready
    request.refresh_from_db()
