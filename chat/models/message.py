"""One turn of a conversation; its parent makes the conversation a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

if TYPE_CHECKING:
    from chat.models.user import User


class Role(models.TextChoices):
    USER = "user"
    ASSISTANT = "assistant"


class MessageQuerySet(QuerySet["Message"]):
    def visible_to(self, user: User) -> MessageQuerySet:
        return self.filter(conversation__owner=user, conversation__deleted_at=None)


class Message(models.Model):
    conversation = models.ForeignKey("chat.Conversation", models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    role = models.CharField(max_length=9, choices=Role.choices)
    text = models.TextField(blank=True)
    search_text = models.TextField(blank=True, editable=False, help_text="`text`, folded: written with it.")
    html = models.TextField(blank=True, help_text="The rendering of a finished reply, cached.")
    html_version = models.PositiveIntegerField(default=0, help_text="The renderer that made `html`.")
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent=None) | models.Q(parent__lt=models.F("id")), name="parent_is_older"
            ),  # so that no cycle can be stored
        ]
        indexes = [
            models.Index(fields=["conversation", "id"], name="message_tree"),  # Conversation.branch()
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def is_assistant(self) -> bool:
        return self.role == Role.ASSISTANT
