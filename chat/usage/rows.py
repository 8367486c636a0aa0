"""The ledger's rows of some days: a page of them, newest first, and all of them for a file."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from chat.models import ApiKey, Call, User
from chat.models.call import CallQuerySet
from chat.usage.names import pseudonym
from chat.usage.reports import NANO
from chat.usage.span import EVERYTHING, Only, Span

CSV_COLUMNS = (
    *("time", "user", "source", "status", "model_requested", "model_answered"),
    *("prompt_tokens", "completion_tokens", "usage_source", "cost_usd"),
    *("http_status", "error", "ttft_ms", "duration_ms", "conversation", "reply", "api_key", "upstream_id"),
)


@dataclass(frozen=True)
class Page:
    """`older` is the number of the last row, behind which the next page begins; None on the last page."""

    calls: list[Call]
    older: int | None


def page_of_calls(span: Span, only: Only = EVERYTHING, *, before: int | None = None, size: int = 100) -> Page:
    """Newest first; `before` is the `older` of another page, and a row that is not among these begins anew."""
    calls = _named(span, only)
    last = calls.filter(pk=before).values_list("day", flat=True).first() if before else None
    if last:
        calls = calls.filter(Q(day__lt=last) | Q(day=last, pk__lt=before))
    found = list(calls.order_by("-day", "-pk")[: size + 1])
    for call in found:
        call.username = call.username or pseudonym(call.user_id)
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)


def ledger_rows(span: Span, only: Only = EVERYTHING) -> Iterator[list[object]]:
    """The ledger in the order of CSV_COLUMNS, read in blocks so that memory stays flat."""
    for call in _named(span, only).order_by("pk").iterator(chunk_size=1000):
        yield [
            call.opened_at.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            call.username or pseudonym(call.user_id),
            call.source,
            call.status,
            call.model_requested,
            call.model_answered,
            call.prompt_tokens,
            call.completion_tokens,
            call.usage_source,
            None if call.cost_nano_usd is None else f"{call.cost_nano_usd / NANO:.9f}",
            call.http_status,
            call.error,
            call.ttft_ms,
            call.duration_ms,
            call.conversation_id,
            call.reply_id,
            call.key_name,
            call.upstream_id,
        ]


def _named(span: Span, only: Only) -> QuerySet[Any]:
    """With what their users and keys are called, if those are there.

    Not by joins: Django makes an inner one of a reference that is filtered by, and rows outlive their users.
    """
    user = User.objects.filter(pk=OuterRef("user_id"))
    key = ApiKey.objects.filter(pk=OuterRef("api_key_id"))
    return calls_of(span, only).annotate(
        username=Subquery(user.values("username")), key_name=Subquery(key.values("name"))
    )


def calls_of(span: Span, only: Only = EVERYTHING) -> CallQuerySet:
    """Those that the daily totals of these days count, and the open ones beside them."""
    calls = Call.objects.filter(day__range=(span.start, span.end))
    if only.user is not None:
        calls = calls.filter(user=only.user or None)
    if only.group is not None:
        calls = calls.filter(group=only.group or None)
    if only.key is not None:
        calls = calls.filter(api_key=only.key or None)
    if only.source is not None:
        calls = calls.filter(source=only.source)
    if only.status is not None:
        calls = calls.filter(status__in=only.statuses)
    if only.model is not None:
        calls = calls.filter(Q(model_answered=only.model) | Q(model_answered="", model_requested=only.model))
    return calls
