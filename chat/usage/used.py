"""What the ledger says was used of a budget in one of its periods; the counters as they are read."""

import datetime

from django.db.models import Count, Q, Sum
from django.utils import timezone

from chat.models import Budget, Call, Period, Spending, UsageSource, User
from chat.models.budget import BudgetQuerySet
from chat.models.call import CallQuerySet


def counters_now(budgets: BudgetQuerySet) -> list[Spending]:
    """For reading: those of today, or what one would begin with. One query where all are open, or none is."""
    today = timezone.localdate()
    found = []
    for budget in budgets.with_counter(today):
        first = Period(budget.period).first_day(today)
        used, reserved, granted = budget.used_now, budget.reserved_now, budget.granted_now  # type: ignore[attr-defined]
        if used is None:
            used, reserved, granted = used_before(budget, first), 0, 0
        found.append(Spending(budget=budget, starts_on=first, used=used, reserved=reserved, granted=granted))
    return found


def calls_of_budget(budget: Budget, first: datetime.date) -> CallQuerySet:
    last = Period(budget.period).next_first_day(first) - datetime.timedelta(days=1)
    calls = Call.objects.filter(day__range=(first, last))
    if budget.user_id:
        return calls.filter(user=budget.user_id)
    if budget.group_id:
        return calls.filter(user__in=User.objects.filter(groups=budget.group_id).values("pk"))
    return calls


def used_before(budget: Budget, first: datetime.date) -> int:
    """By calls of the period that are closed."""
    unasked = Q(duration_ms=None, usage_source=UsageSource.NONE)
    sums = (
        calls_of_budget(budget, first)
        .closed()
        .aggregate(
            tokens=Sum("prompt_tokens", default=0) + Sum("completion_tokens", default=0),
            usd=Sum("cost_nano_usd", default=0),
            requests=Count("pk", filter=~unasked),
        )
    )
    return int(sums[budget.unit])
