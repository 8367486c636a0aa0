"""The daily totals: closed calls are added to them in the transaction that closes them."""

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Least

from chat.models import (
    DURATION_BUCKETS,
    TTFT_BUCKETS,
    Call,
    DailyTotal,
    UsageSource,
    bucket_of,
    one_at_a_time,
)
from chat.usage.prices import MOST_NANO_USD

COST = "cost_nano_usd"
SUMMED = ("requests", "prompt_tokens", "completion_tokens", COST, "unpriced", "estimated")
COLUMNS = (*SUMMED, *TTFT_BUCKETS, *DURATION_BUCKETS)
SUMMED_OF = (
    *("day", "user_id", "group_id", "api_key_id", "source", "model_requested", "model_answered", "status"),
    *("prompt_tokens", "completion_tokens", COST, "usage_source", "ttft_ms", "duration_ms"),
)  # of a call


class Kind(NamedTuple):
    """What tells one total from another."""

    day: datetime.date
    user_id: int
    group_id: int
    api_key_id: int
    source: str
    model: str
    status: str

    @classmethod
    def of(cls, call: Call) -> "Kind":
        return cls(
            call.day,
            call.user_id or 0,
            call.group_id or 0,
            call.api_key_id or 0,
            call.source,
            call.model_answered or call.model_requested,
            call.status,
        )


def count(calls: Iterable[Call]) -> None:
    """Add calls that this transaction closes to the totals.

    Whoever counts comes after all others who do until the transaction ends, so that two of them cannot wait
    for each other's totals. Locks of calls must be taken before.
    """
    sums = summed(calls)
    hold_totals()
    new = {kind: more for kind, more in sums.items() if not _raise(kind, more)}
    DailyTotal.objects.bulk_create(DailyTotal(**kind._asdict(), **more) for kind, more in new.items())


def hold_totals() -> None:
    """Let nobody else count calls until the transaction ends."""
    one_at_a_time("daily totals")


def summed(calls: Iterable[Call]) -> dict[Kind, Counter[str]]:
    """By kind, the amount of each column that is not 0."""
    sums: dict[Kind, Counter[str]] = {}
    for call in calls:
        _put(call, sums.setdefault(Kind.of(call), Counter()))
    for amounts in sums.values():
        amounts[COST] = min(amounts[COST], MOST_NANO_USD)
    return {kind: +amounts for kind, amounts in sums.items()}


def _put(call: Call, amounts: Counter[str]) -> None:
    amounts["requests"] += 1
    amounts["prompt_tokens"] += call.prompt_tokens or 0
    amounts["completion_tokens"] += call.completion_tokens or 0
    amounts[COST] += call.cost_nano_usd or 0
    amounts["unpriced"] += call.cost_nano_usd is None
    amounts["estimated"] += call.usage_source == UsageSource.ESTIMATE
    if call.ttft_ms is not None:
        amounts[TTFT_BUCKETS[bucket_of(call.ttft_ms)]] += 1
    if call.duration_ms is not None:
        amounts[DURATION_BUCKETS[bucket_of(call.duration_ms)]] += 1


def _raise(kind: Kind, more: Counter[str]) -> bool:
    """False while there is no such total."""
    changed = {column: _raised(column, by) for column, by in more.items()}
    return DailyTotal.objects.filter(**kind._asdict()).update(**changed) == 1


def _raised(column: str, by: int) -> object:
    """At most what the column holds: a mistyped price must not keep a row from being closed."""
    if column != COST:
        return F(column) + by
    return Least(F(COST), Value(MOST_NANO_USD - by, BigIntegerField())) + by
