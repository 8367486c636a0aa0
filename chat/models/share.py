"""A branch of a conversation that anybody who knows its address may read, as it was when it was shared."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone


def new_token() -> str:
    """192 bits, so that nobody guesses one."""
    return secrets.token_urlsafe(24)


class ShareQuerySet(QuerySet["Share"]):
    def open(self) -> "ShareQuerySet":
        """Those that can be read: their conversation is there, and its owner may still log in."""
        return self.filter(conversation__deleted_at=None, owner__is_active=True)


class Share(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares")
    conversation = models.ForeignKey("chat.Conversation", models.CASCADE, related_name="shares")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    title = models.CharField(max_length=5000)
    snapshot = models.JSONField(help_text="The branch, in the format of export.json.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[ShareQuerySet] = ShareQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"share {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("shared", args=[self.token])
