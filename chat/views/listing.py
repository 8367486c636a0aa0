"""A page of the list of conversations: newest first, in groups by day, going on after its last entry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from django.utils import timezone
from django.utils.formats import date_format

from chat.models import Conversation, Folder, User
from chat.views.places import EVERYWHERE, Place

LISTED = 100  # entries that one page has at most
PINNED = "Pinned"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Cursor:
    """The last entry of a page, after which the next one begins; those that are pinned come before all others."""

    pinned: bool
    updated_at: datetime
    pk: int

    @classmethod
    def after(cls, entry: Conversation) -> Cursor:
        return cls(entry.pinned, entry.updated_at, entry.pk)

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """None for what no page has given out."""
        found = re.fullmatch(r"(p?)([0-9]{1,17})-([0-9]{1,18})", text)
        if not found:
            return None
        return cls(bool(found[1]), EPOCH + int(found[2]) * MICROSECOND, int(found[3]))

    def __str__(self) -> str:
        return f"{'p' if self.pinned else ''}{(self.updated_at - EPOCH) // MICROSECOND}-{self.pk}"

    @property
    def group(self) -> str:
        return group_of(self.pinned, self.updated_at, timezone.localdate())


@dataclass(frozen=True)
class Group:
    title: str
    entries: list[Conversation]


@dataclass(frozen=True)
class Listing:
    """`older` is where the list goes on, if it does; the first group may go on from the page `after`."""

    place: Place
    groups: list[Group]
    older: str
    after: Cursor | None
    folders: list[Folder]

    @property
    def goes_on(self) -> str:
        """The title of the group in which the page before ended."""
        return self.after.group if self.after else ""


def listing(user: User, place: Place = EVERYWHERE, after: Cursor | None = None) -> Listing:
    entries = _entries(user, place, after)
    older = place.url_with(before=str(Cursor.after(entries[LISTED - 1]))) if len(entries) > LISTED else ""
    return Listing(
        place=place,
        groups=_groups(entries[:LISTED]),
        older=older,
        after=after,
        folders=list(Folder.objects.visible_to(user)),
    )


def _entries(user: User, place: Place, after: Cursor | None) -> list[Conversation]:
    """One more than a page has, if there are so many."""
    found: list[Conversation] = []
    for pinned in (True, False):
        if after and after.pinned < pinned:
            continue  # all of these come before
        entries = place.conversations(user).filter(pinned=pinned).for_list()
        if after and after.pinned == pinned:
            entries = entries.older_than(after.updated_at, after.pk)
        found += entries[: LISTED + 1 - len(found)]
    return found


def _groups(entries: list[Conversation]) -> list[Group]:
    today = timezone.localdate()
    titles = groupby(entries, key=lambda entry: group_of(entry.pinned, entry.updated_at, today))
    return [Group(title, list(found)) for title, found in titles]


def group_of(pinned: bool, updated_at: datetime, today: date) -> str:
    """Days are those of the site's time zone."""
    if pinned:
        return PINNED
    day = timezone.localdate(updated_at)
    age = (today - day).days
    if age <= 0:
        return "Today"
    if age == 1:
        return "Yesterday"
    if age <= 7:
        return "Previous 7 days"
    if age <= 30:
        return "Previous 30 days"
    return date_format(day, "F Y")
