"""The counters of budgets: opened when first needed, held in one order, settled when a call is closed."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from chat.models import Budget, Call, Period, Reservation, Spending, Unit, UsageSource, User
from chat.models.budget import BudgetQuerySet
from chat.models.call import CallQuerySet
from chat.usage.new_budgets import budgets_stay
from chat.usage.worst import Worst, worst_of


def hold_counters(
    budgets: Iterable[Budget] = (), *, day: datetime.date | None = None, calls: Sequence[int] = ()
) -> list[Spending]:
    """Lock the counters of `budgets` in the period of `day`, and those that `calls` have reserved of.

    Needs a transaction, which may afterwards admit and close these calls in any order: whoever locks counters
    locks all that it needs at once, by pk, and ledger rows only after them (docs/decisions/budgets.md).
    """
    day = day or timezone.localdate()
    reserved = Reservation.objects.filter(call__in=calls).values_list("spending", flat=True) if calls else ()
    opened, new = _opened(sorted(budgets, key=lambda budget: budget.pk), day)
    wanted = {*opened, *reserved}
    held = Spending.objects.filter(pk__in=wanted).hold() if wanted else []
    for spending in held:
        if spending.pk in new:
            _take_over(spending)
    return held


def hold_counters_of(users: Iterable[int], calls: Sequence[int]) -> None:
    """Those that these calls have reserved of, and those of which further calls of `users` will reserve."""
    users = set(users)
    if users:
        budgets_stay()
    budgets = {budget.pk: budget for user in users for budget in Budget.objects.applying_to(user)}
    hold_counters(budgets.values(), calls=calls)


def reserve(call: Call, counters: Sequence[Spending], worst: Worst) -> None:
    """Set the worst case of a new `call` aside; the counters are to be held."""
    reservations = [
        Reservation(call=call, spending=spending, amount=worst.amount(spending.budget.unit))
        for spending in counters
    ]
    if reservations:
        Reservation.objects.bulk_create(reservations)
    for reservation in reservations:
        reservation.spending.reserve(reservation.amount)


def settle(call: Call, *, asked: bool) -> None:
    """Take what the closed `call` used in place of what it had reserved; needs a transaction.

    It counts in the period that it was opened in. `asked`: whether the upstream was, which makes it a request.
    """
    reservations = {row.spending_id: row.amount for row in Reservation.objects.filter(call=call)}
    if not reservations:
        return
    for spending in Spending.objects.filter(pk__in=reservations).hold():
        used = _used_by(call, spending.budget.unit, asked=asked)
        spending.settle(reserved=reservations[spending.pk], used=used)
    Reservation.objects.filter(call=call).delete()


def counters_now(budgets: BudgetQuerySet) -> list[Spending]:
    """For reading: those of today, or what one would begin with. One query where all are open, or none is."""
    today = timezone.localdate()
    found = []
    for budget in budgets.with_counter(today):
        first = Period(budget.period).first_day(today)
        used, reserved, granted = budget.used_now, budget.reserved_now, budget.granted_now  # type: ignore[attr-defined]
        if used is None:
            used, reserved, granted = _used_before(budget, first), 0, 0
        found.append(Spending(budget=budget, starts_on=first, used=used, reserved=reserved, granted=granted))
    return found


def _opened(budgets: Sequence[Budget], day: datetime.date) -> tuple[list[int], set[int]]:
    """The counters of that day, and which of them were made just now: by one transaction, others wait for it."""
    firsts = {budget.pk: Period(budget.period).first_day(day) for budget in budgets}
    known = {}
    if firsts:
        rows = Spending.objects.filter(budget__in=firsts, starts_on__in=set(firsts.values()))
        known = {(budget, first): pk for pk, budget, first in rows.values_list("pk", "budget", "starts_on")}
    opened, new = [], set()
    for budget, first in firsts.items():
        pk = known.get((budget, first))
        if pk is None:
            spending, is_new = Spending.objects.get_or_create(budget_id=budget, starts_on=first)
            pk = spending.pk
            new |= {pk} if is_new else set()
        opened.append(pk)
    return opened, new


def _take_over(spending: Spending) -> None:
    """A budget made in the middle of its period counts what was used before, and what runs already."""
    calls = _calls_of(spending.budget, spending.starts_on)
    for call in calls.running().order_by("pk").select_for_update():
        reserve(call, [spending], worst_of(call))
    spending.settle(reserved=0, used=_used_before(spending.budget, spending.starts_on))


def _calls_of(budget: Budget, first: datetime.date) -> CallQuerySet:
    last = Period(budget.period).next_first_day(first) - datetime.timedelta(days=1)
    calls = Call.objects.filter(day__range=(first, last))
    if budget.user_id:
        return calls.filter(user=budget.user_id)
    if budget.group_id:
        return calls.filter(user__in=User.objects.filter(groups=budget.group_id).values("pk"))
    return calls


def _used_before(budget: Budget, first: datetime.date) -> int:
    """By calls of the period that are closed."""
    unasked = Q(duration_ms=None, usage_source=UsageSource.NONE)
    sums = (
        _calls_of(budget, first)
        .closed()
        .aggregate(
            tokens=Sum("prompt_tokens", default=0) + Sum("completion_tokens", default=0),
            usd=Sum("cost_nano_usd", default=0),
            requests=Count("pk", filter=~unasked),
        )
    )
    return int(sums[budget.unit])


def _used_by(call: Call, unit: str, *, asked: bool) -> int:
    if unit == Unit.REQUESTS:
        return int(asked)
    if unit == Unit.USD:
        return call.cost_nano_usd or 0
    return (call.prompt_tokens or 0) + (call.completion_tokens or 0)


def remove_budgets(budgets: QuerySet[Budget]) -> None:
    """With their counters, which are held first: a call that ends meanwhile waits, and finds nothing to settle."""
    with transaction.atomic():
        Spending.objects.filter(budget__in=list(budgets)).hold()
        Budget.objects.filter(pk__in=[budget.pk for budget in budgets]).delete()
