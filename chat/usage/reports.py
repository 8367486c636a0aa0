"""What was used over a span of days: the daily totals, and with them the calls that are open now."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, Sum
from django.utils import timezone

from chat.models import DURATION_BUCKETS, TTFT_BUCKETS, Call, CallStatus, DailyTotal, User
from chat.usage.times import Times

NANO = 1_000_000_000
NUMBERS = (
    *("requests", "prompt_tokens", "completion_tokens", "cost_nano_usd"),
    *("unpriced", "estimated", "unfinished"),
)
UNTIMED = Times()
Group = tuple[int, str]  # user and model


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
    first_text: Times = UNTIMED
    duration: Times = UNTIMED

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
    return _rows(span, of=user.pk)


def usage_by_user_and_model(span: Span) -> list[Row]:
    """With the times."""
    return _rows(span, timed=True)


def total(rows: Iterable[Row]) -> Row:
    """Without the times."""
    rows = list(rows)
    return Row(**{name: sum(getattr(row, name) for row in rows) for name in NUMBERS})


def pseudonym(user_id: int | None) -> str:
    """What stands for a user who was erased."""
    return f"deleted user {user_id}" if user_id else ""


def _rows(span: Span, *, of: int | None = None, timed: bool = False) -> list[Row]:
    """By user and model, most requests first; of one user or of all."""
    closed, still_open = _closed(span, of, timed=timed), _open(span, of)
    names = dict(
        User.objects.filter(pk__in={user for user, _ in closed | still_open}).values_list("pk", "username")
    )
    rows = []
    for user, model in sorted(closed.keys() | still_open.keys()):
        sums = closed.get((user, model), {})
        numbers = {name: sums.get(name, 0) for name in NUMBERS}
        numbers["requests"] += still_open.get((user, model), 0)
        numbers["cost_nano_usd"] = sums.get("usd", 0) * NANO + sums.get("nano", 0)
        rows.append(
            Row(
                user=names.get(user) or pseudonym(user),
                model=model,
                first_text=_times(sums, TTFT_BUCKETS),
                duration=_times(sums, DURATION_BUCKETS),
                **numbers,
            )
        )
    return sorted(rows, key=lambda row: -row.requests)


def _closed(span: Span, of: int | None, *, timed: bool) -> dict[Group, dict[str, int]]:
    cut = Q(status__in=(CallStatus.FAILED, CallStatus.INTERRUPTED))
    sums: dict[str, Sum] = {
        "unfinished": Sum("requests", filter=cut, default=0),
        "usd": Sum(F("cost_nano_usd") / NANO),  # apart, since SQLite sums no further than 63 bits
        "nano": Sum(F("cost_nano_usd") % NANO),
    }
    plain = ("requests", "prompt_tokens", "completion_tokens", "unpriced", "estimated")
    buckets = (*TTFT_BUCKETS, *DURATION_BUCKETS) if timed else ()
    sums |= {name: Sum(name) for name in (*plain, *buckets)}
    whose = Q() if of is None else Q(user_id=of)
    within = DailyTotal.objects.filter(whose, day__range=(span.start, span.end))
    totals = within.values("user_id", "model").annotate(**sums).order_by()
    names = ("user_id", "model", *sums)
    found = (dict(zip(names, values, strict=True)) for values in totals.values_list(*names))
    return {(group.pop("user_id"), group.pop("model")): group for group in found}


def _open(span: Span, of: int | None) -> Counter[Group]:
    """How many calls; they are counted where they will be once they are closed.

    Few are open at once, so all are looked at here: SQLite would look through all calls of the days instead.
    """
    calls = Call.objects.running().values_list("day", "user_id", "model_answered", "model_requested")
    return Counter(
        (user or 0, answered or requested)
        for day, user, answered, requested in calls
        if span.start <= day <= span.end and of in (None, user)
    )


def _times(sums: dict[str, int], buckets: Iterable[str]) -> Times:
    return Times(tuple(sums.get(name, 0) for name in buckets))
