"""Whether the ledger adds up: its daily totals against its rows, and rows that were left open."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chat.models import Call, CallStatus, DailyTotal, Reservation, Worker
from chat.usage.totals import COLUMNS, SUMMED_OF, Kind, hold_totals, summed

LONGEST = datetime.timedelta(days=1)  # that a call may be open
BLOCK = 2000  # rows in memory at once


@dataclass(frozen=True)
class Difference:
    """One number of a total that is not what the ledger's rows say."""

    kind: Kind
    column: str
    total: int
    rows: int

    def __str__(self) -> str:
        kind = self.kind
        whose = f"user {kind.user_id}, group {kind.group_id}, key {kind.api_key_id}"
        return (
            f"{kind.day}, {whose}, {kind.source}, {kind.model}, {kind.status}: "
            f"{self.column} is {self.total}, and {self.rows} by the rows"
        )


@dataclass(frozen=True)
class _Open:
    """An open row, its owner and that one's heartbeat."""

    opened_at: datetime.datetime
    worker: UUID | None
    beat: int | None


def differences(*, repair: bool = False) -> Iterator[Difference]:
    """Of every day; with `repair` the totals of a day that has any are made anew from its rows.

    Calls may be closed meanwhile: a day that differs is looked at again while nobody counts.
    """
    for day in _days():
        if not _differences_of(day):
            continue
        with transaction.atomic():
            hold_totals()
            found = _differences_of(day)
            if repair and found:
                _make_anew(day)
        yield from found


def still_reserved() -> Iterator[str]:
    """Closed rows that keep tokens or something of a budget."""
    rows = (
        Call.objects.closed()
        .filter(reserved_tokens__gt=0)
        .order_by("pk")
        .values_list("pk", "reserved_tokens")
    )
    for pk, tokens in rows.iterator(chunk_size=BLOCK):
        yield f"Call {pk} is closed and keeps {tokens} tokens reserved."
    kept = (
        Reservation.objects.exclude(call__status=CallStatus.RUNNING).order_by("pk").select_related("spending")
    )
    for reservation in kept.iterator(chunk_size=BLOCK):
        yield (
            f"Call {reservation.call_id} is closed and keeps {reservation.amount} reserved "
            f"of budget {reservation.spending.budget_id}."
        )


def left_open(wait: Callable[[], object]) -> Iterator[str]:
    """Open rows that nobody works on, and those that are open for too long.

    A process that works raises its heartbeat while `wait` lasts.
    """
    before = _open_calls()
    if before:
        wait()
    for pk, seen in sorted(_open_calls().items()):
        opened = f"Call {pk} is open since {seen.opened_at:%Y-%m-%d %H:%M} UTC"
        if before.get(pk) == seen:
            yield f"{opened}, and no living process owns it: a site that runs settles it within seconds."
        elif timezone.now() - seen.opened_at > LONGEST:
            yield f"{opened}, which is longer than a day."


def _days() -> list[datetime.date]:
    counted = DailyTotal.objects.order_by().values_list("day", flat=True).distinct()
    there = Call.objects.order_by().values_list("day", flat=True).distinct()
    return sorted({*counted, *there})


def _differences_of(day: datetime.date) -> list[Difference]:
    by_rows, none = _by_rows(day), Counter[str]()
    totals = {
        Kind(*(getattr(total, name) for name in Kind._fields)): Counter(
            {column: getattr(total, column) for column in COLUMNS}
        )
        for total in DailyTotal.objects.filter(day=day)
    }
    return [
        Difference(kind, column, totals.get(kind, none)[column], by_rows.get(kind, none)[column])
        for kind in sorted(by_rows.keys() | totals.keys())
        for column in COLUMNS
        if totals.get(kind, none)[column] != by_rows.get(kind, none)[column]
    ]


def _make_anew(day: datetime.date) -> None:
    DailyTotal.objects.filter(day=day).delete()
    DailyTotal.objects.bulk_create(
        DailyTotal(**kind._asdict(), **sums) for kind, sums in _by_rows(day).items()
    )


def _by_rows(day: datetime.date) -> dict[Kind, Counter[str]]:
    rows = Call.objects.closed().filter(day=day).values_list(*SUMMED_OF, named=True)
    return summed(
        cast("Iterator[Call]", rows.iterator(chunk_size=BLOCK))
    )  # they have what is summed of a call


def _open_calls() -> dict[int, _Open]:
    beats = dict(Worker.objects.values_list("pk", "beat"))
    calls = Call.objects.running().values_list("pk", "opened_at", "worker")
    return {
        pk: _Open(opened_at, worker, beats.get(worker) if worker else None) for pk, opened_at, worker in calls
    }
