"""The counters of budgets: opened when first needed, held in one order, settled when a call is closed."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chat.models import Budget, Call, Period, Reservation, Spending, Unit
from chat.usage.crossings import tell_crossing
from chat.usage.new_budgets import budgets_stay
from chat.usage.used import calls_of_budget, used_before
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
        before, used = spending.used, _used_by(call, spending.budget.unit, asked=asked)
        spending.settle(reserved=reservations[spending.pk], used=used)
        tell_crossing(spending, before=before)
    Reservation.objects.filter(call=call).delete()


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
    calls = calls_of_budget(spending.budget, spending.starts_on)
    for call in calls.running().order_by("pk").select_for_update():
        reserve(call, [spending], worst_of(call))
    spending.settle(reserved=0, used=used_before(spending.budget, spending.starts_on))
    tell_crossing(spending, before=0)


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
