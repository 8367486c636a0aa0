"""The ledger's rows: the newest of a user, and all of a span of days for the CSV."""

import datetime
from collections.abc import Iterator

from django.db.models import F, QuerySet

from chat.models import Call, User
from chat.usage.reports import NANO, Span, pseudonym

CSV_COLUMNS = (
    *("time", "user", "source", "status", "model_requested", "model_answered"),
    *("prompt_tokens", "completion_tokens", "usage_source", "cost_usd"),
    *("http_status", "error", "ttft_ms", "duration_ms", "conversation", "reply", "api_key", "upstream_id"),
)


def newest_calls(user: User, span: Span, *, limit: int = 50) -> QuerySet[Call]:
    return _within(span).filter(user=user).order_by("-day", "-pk")[:limit]


def ledger_rows(span: Span) -> Iterator[list[object]]:
    """The ledger in the order of CSV_COLUMNS, read in blocks so that memory stays flat."""
    calls = _within(span).annotate(username=F("user__username"), key_name=F("api_key__name")).order_by("pk")
    for call in calls.iterator(chunk_size=1000):
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


def _within(span: Span) -> QuerySet[Call]:
    return Call.objects.filter(day__range=(span.start, span.end))
