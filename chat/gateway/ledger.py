"""The rows of the ledger that API requests have: opened within the limits of key and user, retried, closed."""

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
# No request runs for so long; without an end its user's whole past would be read
HOUR = datetime.timedelta(hours=1)
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
            one_at_a_time(f"calls of user {admission.user_id}")
            room = _room(admission)
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


def _room(admission: usage.Admission) -> Room:
    """Counted in the ledger, so that it holds over all processes. Raises OverLimit."""
    now = timezone.now()
    theirs = Call.objects.filter(user=admission.user_id, source=Source.API, opened_at__gt=now - HOUR)
    running: list[int | None] = list(theirs.running().values_list("api_key", flat=True))
    streams, together = settings.API_STREAMS_A_KEY, settings.API_KEYS_TOGETHER
    if running.count(admission.api_key_id) >= streams:
        raise OverLimit(
            f"This key has {streams} requests under way, and may have no more at once.", STREAM_ENDS
        )
    if len(running) >= streams * together:
        raise OverLimit(
            f"Your keys together have {len(running)} requests under way, and may have no more at once.",
            STREAM_ENDS,
        )
    limit = settings.API_REQUESTS_A_MINUTE
    lately = theirs.filter(opened_at__gt=now - MINUTE).order_by("-opened_at")
    asked = list(lately.values_list("api_key", "opened_at")[: limit * together])
    by_key = [opened_at for key, opened_at in asked if key == admission.api_key_id]
    if len(by_key) >= limit:
        raise OverLimit(
            f"This key may ask {limit} times a minute, and has.", _seconds_to(by_key[limit - 1], now)
        )
    if len(asked) >= limit * together:
        raise OverLimit(
            f"Your keys together may ask {limit * together} times a minute, and have.",
            _seconds_to(asked[-1][1], now),
        )
    return Room(limit, limit - len(by_key) - 1, MINUTE.total_seconds())


def _seconds_to(opened_at: datetime.datetime, now: datetime.datetime) -> float:
    """Until a request of that moment is a minute ago."""
    return (opened_at + MINUTE - now).total_seconds()
