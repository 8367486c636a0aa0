"""What was used: totals over a span of days, and the ledger's rows for the CSV."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.utils import timezone

from chat.models import Call, CallStatus, UsageSource, User

NANO = 1_000_000_000

CSV_COLUMNS = (
    *("time", "user", "source", "status", "model_requested", "model_answered"),
    *("prompt_tokens", "completion_tokens", "usage_source", "cost_usd"),
    *("http_status", "error", "ttft_ms", "duration_ms", "conversation", "reply", "api_key", "upstream_id"),
)


@dataclass(frozen=True)
class Span:
    """Days from `start` to `end`, both included, in the site's time zone."""

    start: datetime.date
    end: datetime.date

    @classmethod
    def this_month(cls) -> "Span":
        today = timezone.localdate()
        return cls(today.replace(day=1), today)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table. `unpriced` rows have an unknown cost, so `cost_nano_usd` is then a lower bound."""

    user: str = ""
    model: str = ""
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_nano_usd: int = 0
    unpriced: int = 0
    estimated: int = 0
    unfinished: int = 0  # failed or interrupted; a stopped one ended as somebody wanted

    @property
    def cost(self) -> str:
        """Such as "$12.30", "$12.30+" when a part is unknown, "unknown" when all is."""
        if self.unpriced and not self.cost_nano_usd:
            return "unknown"
        return usd(self.cost_nano_usd) + ("+" if self.unpriced else "")


def usd(nano: int) -> str:
    """Two decimals from a dollar on, six below it, so that a token's price never reads as zero."""
    if nano >= NANO or nano == 0:
        return f"${nano / NANO:,.2f}"
    if nano < NANO // 1_000_000:
        return "<$0.000001"
    return f"${nano / NANO:.6f}"


def usage_by_model(user: User, span: Span) -> list[Row]:
    return _rows(_within(span).filter(user=user), "model")


def usage_by_user_and_model(span: Span) -> list[Row]:
    return _rows(_within(span), "user_id", "model")


def total(rows: Iterable[Row]) -> Row:
    rows = list(rows)
    numbers = (
        "requests",
        "prompt_tokens",
        "completion_tokens",
        "cost_nano_usd",
        "unpriced",
        "estimated",
        "unfinished",
    )
    return Row(**{name: sum(getattr(row, name) for row in rows) for name in numbers})


def newest_calls(user: User, span: Span, *, limit: int = 50) -> QuerySet[Call]:
    return _within(span).filter(user=user).order_by("-pk")[:limit]


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


def pseudonym(user_id: int | None) -> str:
    """What stands for a user who was erased."""
    return f"deleted user {user_id}" if user_id else ""


def _within(span: Span) -> QuerySet[Call]:
    return Call.objects.filter(day__range=(span.start, span.end))


def _rows(calls: QuerySet[Call], *by: str) -> list[Row]:
    """One row a group; the model is the one that answered, or the one asked for where none did."""
    groups = (
        calls.annotate(model=Case(When(model_answered="", then="model_requested"), default="model_answered"))
        .values(*by, username=F("user__username"))
        .annotate(
            requests=Count("pk"),
            prompt=Sum("prompt_tokens", default=0),
            completion=Sum("completion_tokens", default=0),
            cost=Sum("cost_nano_usd", default=0),
            unpriced=Count("pk", filter=Q(cost_nano_usd=None) & ~Q(status=CallStatus.RUNNING)),
            estimated=Count("pk", filter=Q(usage_source=UsageSource.ESTIMATE)),
            unfinished=Count("pk", filter=Q(status__in=(CallStatus.FAILED, CallStatus.INTERRUPTED))),
        )
        .order_by("-requests", *by)
    )
    return [
        Row(
            user=group["username"] or pseudonym(group.get("user_id")),
            model=group["model"],
            requests=group["requests"],
            prompt_tokens=group["prompt"],
            completion_tokens=group["completion"],
            cost_nano_usd=group["cost"],
            unpriced=group["unpriced"],
            estimated=group["estimated"],
            unfinished=group["unfinished"],
        )
        for group in groups
    ]
