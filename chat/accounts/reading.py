"""The audit trail as administrators read it: a page, newest first, and all of it for a file."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from chat.accounts.sentences import Line, line_of
from chat.models import Action, AuditEntry, User

# What the page is asked for by `action`, in its order.
GROUPS = {
    "log-ins": (
        *(Action.LOGGED_IN, Action.LOGGED_OUT, Action.LOG_IN_FAILED, Action.PASSWORD_CHANGED),
        *(Action.SESSION_ENDED, Action.FACTOR_ADDED, Action.FACTOR_REMOVED),
    ),
    "failed log-ins": (Action.LOG_IN_FAILED,),
    "accounts": (
        *(Action.SIGNED_UP, Action.INVITED, Action.UNINVITED),
        *(Action.USER_CREATED, Action.USER_CHANGED, Action.USER_DELETED),
    ),
    "roles": (Action.ROLE_CHANGED,),
    "budgets": (
        *(Action.BUDGET_SET, Action.BUDGET_REMOVED),
        *(Action.BUDGET_ASKED, Action.BUDGET_GRANTED, Action.BUDGET_DECLINED),
    ),
    "refusals": (Action.BUDGET_REFUSED,),
    "prices": (Action.PRICE_SET, Action.PRICE_REMOVED),
    "API keys": (Action.KEY_CREATED, Action.KEY_CHANGED, Action.KEY_DELETED),
    "shares": (Action.SHARED, Action.SHARE_ENDED),
    "exports and imports": (Action.EXPORTED, Action.IMPORTED),
    "deletions": (Action.DELETED,),
    "stopped replies": (Action.STOPPED,),
    "looks at usage": (Action.USAGE_SEEN,),
}
CSV_COLUMNS = ("time", "actor", "action", "subject", "detail", "address")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Entries of or about the user with the number `who`, of these actions, of these days; None is any."""

    who: int | None = None
    actions: tuple[Action, ...] = ()
    start: datetime.date | None = None
    end: datetime.date | None = None


@dataclass(frozen=True)
class Page:
    """`older` is the number of the last entry, behind which the next page begins; None on the last page."""

    lines: list[Line]
    older: int | None


def page_of_entries(wanted: Wanted, *, before: int | None = None, size: int = 100) -> Page:
    """`before` is the `older` of another page.

    What is asked for is read in parts, each of them in the order of an index: two that are joined by OR would
    all have to be sorted.
    """
    entries = _of_days(wanted)
    if before:
        entries = entries.filter(pk__lt=before)
    parts = [_named(part).order_by("-pk")[: size + 1] for part in _parts(entries, wanted)]
    found: dict[int, Any] = {}
    for entry in merge(*parts, key=attrgetter("pk"), reverse=True):
        found[entry.pk] = entry  # once, also where somebody did it to themselves
        if len(found) > size:
            break
    shown = list(islice(found.values(), size))
    return Page([_line(entry) for entry in shown], shown[-1].pk if len(found) > size else None)


def entry_rows(wanted: Wanted) -> Iterator[list[object]]:
    """In the order of CSV_COLUMNS, newest first, read in blocks so that memory stays flat."""
    entries = _of_days(wanted)
    if wanted.who is not None:
        entries = entries.filter(Q(actor=wanted.who) | Q(subject=wanted.who))
    if wanted.actions:
        entries = entries.filter(action__in=wanted.actions)
    for entry in _named(entries).order_by("-pk").iterator(chunk_size=1000):
        line = _line(entry)
        time = line.at.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield [time, line.actor, line.action, line.subject, line.detail, line.address]


def _parts(entries: QuerySet[Any], wanted: Wanted) -> list[QuerySet[Any]]:
    if wanted.who is not None:
        if wanted.actions:
            entries = entries.filter(action__in=wanted.actions)
        return [entries.filter(actor=wanted.who), entries.filter(subject=wanted.who)]
    return [entries.filter(action=action) for action in wanted.actions] or [entries]


def _of_days(wanted: Wanted) -> QuerySet[Any]:
    """In the site's time zone, both days included."""
    entries: QuerySet[Any] = AuditEntry.objects.all()
    if wanted.start:
        entries = entries.filter(at__gte=_midnight(wanted.start))
    if wanted.end:
        entries = entries.filter(at__lt=_midnight(wanted.end, days=1))
    return entries


def _named(entries: QuerySet[Any]) -> QuerySet[Any]:
    """With what people are called today; a join would leave out who is not there any more."""
    names = {
        f"{who}_name": Subquery(User.objects.filter(pk=OuterRef(f"{who}_id")).values("username"))
        for who in ("actor", "subject")
    }
    named: QuerySet[Any] = entries.annotate(**names)
    return named


def _midnight(day: datetime.date, *, days: int = 0) -> datetime.datetime:
    """At the beginning of the day that is so many days after `day`."""
    day += datetime.timedelta(days=days)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _line(entry: Any) -> Line:
    return line_of(entry, entry.actor_name, entry.subject_name)
