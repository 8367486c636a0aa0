"""The deletion of what was announced."""

import datetime
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from chat.models import Conversation


def notice() -> datetime.timedelta:
    """How long a conversation says that it will be deleted."""
    return datetime.timedelta(days=settings.ANNOUNCED_DAYS)


def delete_due(today: datetime.date) -> Iterator[int]:
    """Delete those whose day has come, and tell the number of each; whoever leaves early leaves the rest.

    Each in transactions of its own: call forget_words() afterwards, outside of any.
    """
    for pk in list(Conversation.objects.to_prune(today).values_list("pk", flat=True)):
        if _delete(pk, today):
            yield pk


def _delete(pk: int, today: datetime.date) -> bool:
    """Unless it was touched or pinned meanwhile."""
    if not Conversation.objects.to_prune(today).filter(pk=pk).update(deleted_at=timezone.now()):
        return False
    Conversation(pk=pk).purge()
    return True
