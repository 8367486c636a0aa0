"""What was used over a span of days: the daily totals, and with them the calls that are open now."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Sum

from chat.models import DURATION_BUCKETS, TTFT_BUCKETS, Call, CallStatus, Conversation, DailyTotal, User
from chat.usage.names import names_of
from chat.usage.span import COLUMNS, CUT, EVERYTHING, Only, Span
from chat.usage.times import Times

NANO = 1_000_000_000
NUMBERS = (
    *("requests", "prompt_tokens", "completion_tokens", "cost_nano_usd"),
    *("unpriced", "estimated", "unfinished"),
)
UNTIMED = Times()
Group = tuple[object, ...]  # the values of the columns that were asked for
Wanted = Mapping[str, Collection[Any]]  # by column, the values that it may have


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table. `unpriced` rows have an unknown cost, so `cost_nano_usd` is then a lower bound."""

    value: Any = None  # of the column that the table is by
    name: str = ""  # what people call that
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_nano_usd: int = 0
    unpriced: int = 0
    estimated: int = 0
    unfinished: int = 0  # of a status in `span.CUT`
    first_text: Times = UNTIMED
    duration: Times = UNTIMED

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

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


def usage_by(what: str, span: Span, only: Only = EVERYTHING, *, timed: bool = False) -> list[Row]:
    """A row for each value of `what`, a name of `span.COLUMNS`; most requests first."""
    sums = _summed(span, only.of_totals, [COLUMNS[what]], timed=timed)
    names = names_of(what, [value for (value,) in sums])  # type: ignore[misc]
    rows = [_row(found, value=value, name=names[value]) for (value,), found in sums.items()]  # type: ignore[index]
    return sorted(rows, key=lambda row: (-row.requests, row.name))


def usage_by_day(span: Span, only: Only = EVERYTHING) -> list[Row]:
    """The newest day first; days on which nothing was asked are not there."""
    sums = _summed(span, only.of_totals, ["day"])
    return [_row(sums[key], value=key[0]) for key in sorted(sums, reverse=True)]


def usage_by_day_and(
    what: str, among: Collection[Any], span: Span, only: Only = EVERYTHING
) -> dict[tuple[datetime.date, object], Row]:
    """For a chart: by day and value of `what`, of the values `among` those that `only` allows."""
    sums = _summed(span, {**only.of_totals, COLUMNS[what]: among}, ["day", COLUMNS[what]])
    return {(day, value): _row(found, value=value) for (day, value), found in sums.items()}  # type: ignore[misc]


def own_usage(user: User, span: Span) -> tuple[list[Row], list[Row], list[Row]]:
    """By day, the newest first, and by model and source, most requests first: three tables of two queries."""
    sums = _summed(span, Only(user=user.pk).of_totals, ["day", "model", "source"])
    by_day, by_model, by_source = (_folded(sums, place) for place in range(3))
    days = [_row(by_day[day], value=day) for day in sorted(by_day, reverse=True)]
    models, sources = (
        sorted(
            (_row(found, value=value, name=value) for value, found in folded.items()),
            key=lambda row: (-row.requests, row.name),
        )
        for folded in (by_model, by_source)
    )
    return days, models, sources


def usage_by_conversation(user: User, span: Span, *, limit: int) -> list[Row]:
    """One's own conversations, most requests first; from the ledger's rows, since the totals do not know them."""
    calls = Call.objects.filter(user=user, day__range=(span.start, span.end), conversation__isnull=False)
    sums = calls.values("conversation_id").annotate(
        **{name: Sum(name, default=0) for name in ("prompt_tokens", "completion_tokens")},
        requests=Count("pk"),
        usd=Sum(F("cost_nano_usd") / NANO, default=0),
        nano=Sum(F("cost_nano_usd") % NANO, default=0),
        unpriced=Count("pk", filter=Q(cost_nano_usd=None) & ~Q(status=CallStatus.RUNNING)),
        estimated=Count("pk", filter=Q(usage_source="estimate")),
        unfinished=Count("pk", filter=Q(status__in=CUT)),
    )
    found = list(sums.order_by("-requests", "-conversation_id")[:limit])
    there = Conversation.objects.visible_to(user).filter(pk__in=[one["conversation_id"] for one in found])
    titles = dict(there.values_list("pk", "title"))
    return [
        _row(Counter(one), value=one["conversation_id"], name=titles.get(one["conversation_id"], ""))
        for one in found
    ]


def total(rows: Iterable[Row]) -> Row:
    """Of all of them, with the times."""
    rows = list(rows)
    numbers = {name: sum(getattr(row, name) for row in rows) for name in NUMBERS}
    times = {name: Times.of(getattr(row, name) for row in rows) for name in ("first_text", "duration")}
    return Row(**numbers, **times)  # type: ignore[arg-type]


def _row(sums: Counter[str], *, value: object, name: str = "") -> Row:
    numbers = {column: sums[column] for column in NUMBERS}
    numbers["cost_nano_usd"] = sums["usd"] * NANO + sums["nano"]
    return Row(
        value=value,
        name=name,
        first_text=Times(tuple(sums[bucket] for bucket in TTFT_BUCKETS)),
        duration=Times(tuple(sums[bucket] for bucket in DURATION_BUCKETS)),
        **numbers,
    )


def _summed(
    span: Span, wanted: Wanted, columns: Sequence[str], *, timed: bool = False
) -> dict[Group, Counter[str]]:
    """By the values of `columns`; an open call is where it will be counted once it is closed."""
    sums = _closed(span, wanted, columns, timed=timed)
    for group in _open(span, wanted, columns):
        sums.setdefault(group, Counter())["requests"] += 1
    return sums


def _folded(sums: dict[Group, Counter[str]], place: int) -> dict[Any, Counter[str]]:
    """By the column at that place alone."""
    folded: dict[Any, Counter[str]] = {}
    for group, found in sums.items():
        folded.setdefault(group[place], Counter()).update(found)
    return folded


def _closed(span: Span, wanted: Wanted, columns: Sequence[str], *, timed: bool) -> dict[Group, Counter[str]]:
    cut = Q(status__in=CUT)
    sums: dict[str, Sum] = {
        "unfinished": Sum("requests", filter=cut, default=0),
        "usd": Sum(F("cost_nano_usd") / NANO),  # apart, since SQLite sums no further than 63 bits
        "nano": Sum(F("cost_nano_usd") % NANO),
    }
    plain = ("requests", "prompt_tokens", "completion_tokens", "unpriced", "estimated")
    buckets = (*TTFT_BUCKETS, *DURATION_BUCKETS) if timed else ()
    sums |= {name: Sum(name) for name in (*plain, *buckets)}
    values_in = {f"{column}__in": values for column, values in wanted.items()}
    within = DailyTotal.objects.filter(day__range=(span.start, span.end), **values_in)
    totals = within.values(*columns).annotate(**sums).order_by().values_list(*columns, *sums)
    return {
        tuple(values[: len(columns)]): Counter(dict(zip(sums, values[len(columns) :], strict=True)))
        for values in totals
    }


def _open(span: Span, wanted: Wanted, columns: Sequence[str]) -> list[Group]:
    """Few are open at once, so all are looked at here: SQLite would look through all calls of the days instead."""
    running = Call.objects.running().values(
        *("day", "user_id", "group_id", "api_key_id", "source", "status", "model_answered", "model_requested")
    )
    kinds = [
        {
            **{name: call[name] or 0 for name in ("user_id", "group_id", "api_key_id")},
            **{name: call[name] for name in ("day", "source", "status")},
            "model": call["model_answered"] or call["model_requested"],
        }
        for call in running
        if span.start <= call["day"] <= span.end
    ]
    return [
        tuple(kind[column] for column in columns)
        for kind in kinds
        if all(kind[column] in values for column, values in wanted.items())
    ]
