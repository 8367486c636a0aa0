"""A branch of a conversation that anybody who knows its address may read, as it was when it was shared."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from chat.models.conversation import TITLE_CHARACTERS

if TYPE_CHECKING:
    from chat.models.user import User


def new_token() -> str:
    """192 bits, so that nobody guesses one."""
    return secrets.token_urlsafe(24)


class ShareQuerySet(QuerySet["Share"]):
    def open(self) -> ShareQuerySet:
        """Those that can be read: their conversation is there, and its owner may still log in."""
        return self.filter(conversation__deleted_at=None, owner__is_active=True)

    def visible_to(self, user: User) -> ShareQuerySet:
        """Those that `user` may update and end; anybody may read one whose address they know."""
        return self.filter(owner=user, conversation__deleted_at=None)

    def for_list(self) -> ShareQuerySet:
        """Newest first, without the messages."""
        return self.defer("snapshot").order_by("-created_at", "-pk")


class Share(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares")
    conversation = models.ForeignKey("chat.Conversation", models.CASCADE, related_name="shares")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    title = models.CharField(max_length=TITLE_CHARACTERS)
    snapshot = models.JSONField(help_text="The branch, in the format of export.json.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[ShareQuerySet] = ShareQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"share {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("shared", args=[self.token])

    @property
    def was_updated(self) -> bool:
        """Whether it shows the branch as it was later than when it was first shared."""
        return (self.updated_at - self.created_at).total_seconds() > 1

    def update_to(self, snapshot: dict[str, Any], *, title: str) -> None:
        """Show this from now on. Raises Share.DoesNotExist when it was ended meanwhile."""
        self.snapshot, self.title, self.updated_at = snapshot, title, timezone.now()
        here = Share.objects.filter(pk=self.pk)
        if not here.update(snapshot=snapshot, title=title, updated_at=self.updated_at):
            raise Share.DoesNotExist(f"share {self.pk} was ended")

    def end(self) -> None:
        """Its address leads nowhere from now on; ending it twice is the same."""
        Share.objects.filter(pk=self.pk).delete()
