"""The rows of the ledger that API requests have: opened within the limits of their key, retried, closed."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chat import usage
from chat.gateway.asked import Asked
from chat.gateway.errors import NoBudget, OverLimit
from chat.models import ApiKey, Call, Source, one_at_a_time

MINUTE = datetime.timedelta(minutes=1)
STREAM_ENDS = 5  # s after which one of a key's requests may have ended


@dataclass(frozen=True)
class Room:
    """What a key may still ask; `resets_in` are seconds until it may ask as much as it ever may."""

    limit: int
    remaining: int
    resets_in: float


@dataclass(frozen=True)
class Opened:
    """An open row: `max_tokens` is the longest answer that the budgets leave."""

    call_id: int
    request_id: UUID
    max_tokens: int


def admission_of(key: ApiKey, asked: Asked, worker: UUID) -> usage.Admission:
    return usage.Admission.of(
        key.user,
        source=Source.API,
        model=asked.request.model,
        prompt_characters=asked.characters,
        max_tokens=asked.max_tokens,
        worker=worker,
        api_key_id=key.pk,
    )


def open_call(admission: usage.Admission) -> tuple[Opened, Room]:
    """Raises OverLimit, and NoBudget, which is in the audit trail then, before the row is written."""
    try:
        with transaction.atomic():
            one_at_a_time(f"calls of key {admission.api_key_id}")
            room = _room(admission.api_key_id)
            return _admit(admission), room
    except usage.OverBudget as refusal:
        raise _recorded(refusal, admission) from refusal


def open_retry(call_id: int, closing: usage.Closing, admission: usage.Admission) -> Opened:
    """Close the row of an attempt that failed and open the next one's. Raises NoBudget: then it is closed only."""
    with transaction.atomic():
        usage.hold_counters_of([admission.user_id], calls=[call_id])
        usage.close_call(call_id, admission.worker, closing)
        try:
            with transaction.atomic():
                return _admit(admission)
        except usage.OverBudget as refusal:
            refused = refusal
    raise _recorded(refused, admission)


def close(call_id: int, worker: UUID, closing: usage.Closing) -> tuple[int, int] | None:
    """Tokens of prompt and answer, as the ledger has them; None when the row is not ours any more."""
    with transaction.atomic():
        usage.hold_counters(calls=[call_id])
        if not usage.close_call(call_id, worker, closing):
            return None
        return Call.objects.values_list("prompt_tokens", "completion_tokens").get(pk=call_id)  # type: ignore[return-value]


def to_end(worker: UUID, calls: Collection[int]) -> dict[int, bool]:
    """Which of a process's open `calls` are to end: stopped by an administrator, or (True) by a revoked key."""
    stopped = Q(stop_requested=True)
    revoked = ~Q(api_key__in=ApiKey.objects.usable().values("pk"))
    ending = Call.objects.owned_by(worker).filter(stopped | revoked, pk__in=calls)
    return {pk: not is_stopped for pk, is_stopped in ending.values_list("pk", "stop_requested")}


def _admit(admission: usage.Admission) -> Opened:
    call = usage.admit(admission)
    return Opened(call.pk, call.request_id, call.max_tokens)


def _recorded(refusal: usage.OverBudget, admission: usage.Admission) -> NoBudget:
    usage.record_refusal(refusal, admission.user_id)
    return NoBudget(refusal)


def _room(key_id: int | None) -> Room:
    """Counted in the ledger, so that it holds over all processes. Raises OverLimit."""
    now = timezone.now()
    mine = Call.objects.filter(api_key=key_id, source=Source.API)
    if mine.running().count() >= settings.API_STREAMS_A_KEY:
        raise OverLimit(
            f"This key has {settings.API_STREAMS_A_KEY} requests under way, and may have no more at once.",
            STREAM_ENDS,
        )
    limit = settings.API_REQUESTS_A_MINUTE
    newest = list(
        mine.filter(opened_at__gt=now - MINUTE)
        .order_by("-opened_at")
        .values_list("opened_at", flat=True)[:limit]
    )
    if len(newest) >= limit:
        raise OverLimit(
            f"This key may ask {limit} times a minute, and has.", (newest[-1] + MINUTE - now).total_seconds()
        )
    return Room(limit, limit - len(newest) - 1, MINUTE.total_seconds())
