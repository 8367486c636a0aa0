"""Which conversations: a person's own, those that can come back, those of a list."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from chat.models.reply import Reply

if TYPE_CHECKING:
    from chat.models.conversation import Conversation  # noqa: F401 - what the rows are
    from chat.models.user import User


class ConversationQuerySet(QuerySet["Conversation"]):
    def visible_to(self, user: User) -> ConversationQuerySet:
        """Those of `user` that are not deleted; whatever else exists is a 404 to them."""
        return self.filter(owner=user, deleted_at=None)

    def restorable_by(self, user: User) -> ConversationQuerySet:
        """Those that `user` deleted a moment ago: see undo_ends()."""
        return self.filter(owner=user, deleted_at__gt=undo_ends())

    def to_announce(self, today: date) -> ConversationQuerySet:
        """Those that nobody touched for so long that the day on which they are deleted is to be told now."""
        untouched = _announced_before(today)
        return self.filter(deleted_at=None, pinned=False, going_on=None, updated_at__lt=untouched)

    def to_spare(self, today: date) -> ConversationQuerySet:
        """Those whose day was told under a setting that would not tell it today, or not delete on that day."""
        told = self.filter(going_on__isnull=False)
        if not settings.RETENTION_DAYS:
            return told
        kept = Q(going_on__lte=today, updated_at__gte=_deleted_before(today))
        return told.filter(kept | Q(updated_at__gte=_announced_before(today)))

    def to_prune(self, today: date) -> ConversationQuerySet:
        """Those whose day was told, and has come; nobody touched or pinned them since."""
        untouched = _deleted_before(today)
        return self.filter(deleted_at=None, pinned=False, going_on__lte=today, updated_at__lt=untouched)

    def going(self) -> ConversationQuerySet:
        """Those whose day was told, the first to go first."""
        return self.filter(pinned=False, going_on__isnull=False).order_by("going_on", "pk")

    def beyond_undo(self) -> ConversationQuerySet:
        return self.filter(deleted_at__lte=undo_ends())

    def for_page(self) -> ConversationQuerySet:
        """Each with `is_unread`."""
        replies = Reply.objects.filter(message__conversation=OuterRef("pk"))
        return self.annotate(is_unread=Exists(replies.unseen()))

    def for_list(self) -> ConversationQuerySet:
        """Newest first, each with `is_running` and `is_unread`; without what no list shows."""
        replies = Reply.objects.filter(message__conversation=OuterRef("pk"))
        marked = self.annotate(is_running=Exists(replies.open()), is_unread=Exists(replies.unseen()))
        return marked.defer("settings", "search_title").order_by("-updated_at", "-pk")

    def older_than(self, updated_at: datetime, pk: int) -> ConversationQuerySet:
        """Those that for_list() has after the one with this time and number."""
        return self.filter(updated_at__lte=updated_at).exclude(updated_at=updated_at, pk__gte=pk)


def undo_ends() -> datetime:
    """What was deleted before cannot come back.

    A page may offer it for UNDO_SECONDS, and shows the offer for as long: it is kept for both.
    """
    return timezone.now() - timedelta(seconds=2 * settings.UNDO_SECONDS)


def _announced_before(today: date) -> datetime:
    """What was touched last before this is told today on which day it goes; never what was in use yesterday."""
    return begin_of(today - timedelta(days=max(settings.RETENTION_DAYS - settings.ANNOUNCED_DAYS, 1)))


def _deleted_before(today: date) -> datetime:
    """What was touched last before this may go today."""
    return begin_of(today - timedelta(days=settings.RETENTION_DAYS))


def begin_of(day: date) -> datetime:
    """In the site's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
