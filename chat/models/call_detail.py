"""What the provider said of a call that failed: it may quote what was asked, so it goes before its row does."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from chat.models.call import Call
from chat.models.conversation import Conversation
from chat.models.user import User

CALL_DETAIL_CHARACTERS = 2_000
KEPT = datetime.timedelta(days=30)


class CallDetailQuerySet(QuerySet["CallDetail"]):
    def keep(self, call: Call, text: str) -> None:
        """Nothing of a user or a conversation that is deleted already."""
        if text and _is_there(call):
            self.create(
                call=call,
                user_id=call.user_id or 0,
                conversation_id=call.conversation_id,
                text=text[:CALL_DETAIL_CHARACTERS],
            )

    def outdated(self) -> CallDetailQuerySet:
        return self.filter(created_at__lt=timezone.now() - KEPT)


class CallDetail(models.Model):
    """It is deleted with its user and its conversation, which its call outlives.

    No constraint of the database stands behind that: the end of a call must not fail because somebody was
    deleted meanwhile.
    """

    call = models.OneToOneField(
        Call, models.CASCADE, primary_key=True, related_name="detail", db_constraint=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_constraint=False)
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    text = models.TextField(help_text="For the administrator.")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects: ClassVar[CallDetailQuerySet] = CallDetailQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.text


def _is_there(call: Call) -> bool:
    """Its user, and the conversation if it has one."""
    conversation = call.conversation_id
    return User.objects.filter(pk=call.user_id or 0).exists() and (
        conversation is None or Conversation.objects.filter(pk=conversation).exists()
    )
