"""The answer of the model to one message: its life from queued to an end that is told as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

if TYPE_CHECKING:
    from chat.models.user import User


class ReplyState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


OPEN_STATES = (ReplyState.QUEUED, ReplyState.RUNNING)


class ReplyQuerySet(QuerySet["Reply"]):
    def visible_to(self, user: User) -> ReplyQuerySet:
        conversation = "message__conversation"
        return self.filter(**{f"{conversation}__owner": user, f"{conversation}__deleted_at": None})

    def open(self) -> ReplyQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def claim(self, pk: int) -> bool:
        """Queued to running, once."""
        return self.filter(pk=pk, state=ReplyState.QUEUED).update(state=ReplyState.RUNNING) == 1

    def ask_to_stop(self) -> int:
        """Leave the wish where the owning process reads it; returns how many replies were still open."""
        return self.open().update(stop_requested=True)

    def finish(
        self, pk: int, *, state: str, finish_reason: str = "", error: str = "", model: str = ""
    ) -> bool:
        """From open to an end, once."""
        return (
            self.open()
            .filter(pk=pk)
            .update(
                state=state,
                finish_reason=finish_reason,
                error=error,
                model_answered=model,
                ended_at=timezone.now(),
            )
            == 1
        )


class Reply(models.Model):
    message = models.OneToOneField("chat.Message", models.CASCADE, related_name="reply")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="replies")
    send_id = models.UUIDField(help_text="Made by the form; the same one never starts a second reply.")
    state = models.CharField(max_length=11, choices=ReplyState.choices, default=ReplyState.QUEUED)
    stop_requested = models.BooleanField(default=False)
    model = models.CharField(max_length=200, help_text="The model that was asked for.")
    model_answered = models.CharField(max_length=200, blank=True)
    finish_reason = models.CharField(max_length=50, blank=True)
    error = models.TextField(blank=True, help_text="One plain sentence for the person who asked.")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[ReplyQuerySet] = ReplyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint("asker", "send_id", name="one_reply_a_send"),  # replies.start()
        ]
        indexes = [
            models.Index(
                fields=["message"], name="reply_open", condition=models.Q(state__in=["queued", "running"])
            ),
            # for_list(): is_running
        ]

    def __str__(self) -> str:
        return f"reply {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def named_model(self) -> str:
        """The model that really answered, or the one that was asked for while none has."""
        return self.model_answered or self.model
