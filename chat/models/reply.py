"""The answer of the model to one message: its life from queued to an end that is told as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
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


MODEL_CHARACTERS = 200  # of the name of a model

OPEN_STATES = (ReplyState.QUEUED, ReplyState.RUNNING)
NEWS_STATES = (ReplyState.DONE, ReplyState.INTERRUPTED, ReplyState.FAILED)  # who stopped one knows
CUT_STATES = (ReplyState.INTERRUPTED, ReplyState.STOPPED)
CUT_AT_LENGTH = "length"  # the finish reason of a reply that reached its limit of tokens
CAN_CONTINUE = Q(state__in=CUT_STATES) | Q(state=ReplyState.DONE, finish_reason=CUT_AT_LENGTH)


class ReplyQuerySet(QuerySet["Reply"]):
    def visible_to(self, user: User) -> ReplyQuerySet:
        conversation = "message__conversation"
        return self.filter(**{f"{conversation}__owner": user, f"{conversation}__deleted_at": None})

    def open(self) -> ReplyQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def stop_requested(self) -> ReplyQuerySet:
        """Open ones that somebody wants stopped."""
        return self.open().filter(stop_requested=True)

    def hold(self) -> None:
        """Lock the rows until the transaction ends: whoever deletes them waits for a scribe that writes them."""
        list(self.order_by("pk").select_for_update(of=("self",)).values_list("pk"))

    def claim(self, pk: int) -> bool:
        """Queued to running; the same owner may say it twice, when it could not hear that it was done."""
        return self.open().filter(pk=pk).update(state=ReplyState.RUNNING) == 1

    def reopen(self, pk: int, send_id: UUID, *, begun_with: int) -> bool:
        """From an end that can be continued to queued, once."""
        return (
            self.filter(CAN_CONTINUE, pk=pk).update(
                state=ReplyState.QUEUED,
                stop_requested=False,
                seen=False,
                finish_reason="",
                error="",
                ended_at=None,
                continue_id=send_id,
                begun_with=begun_with,
            )
            == 1
        )

    def unseen(self) -> ReplyQuerySet:
        """Ended, and not looked at since."""
        return self.filter(seen=False, state__in=NEWS_STATES)

    def ask_to_stop(self) -> int:
        """Leave the wish where the owning process reads it; returns how many replies were still open."""
        return self.open().update(stop_requested=True)

    def finish(
        self, pk: int, *, state: str, finish_reason: str = "", error: str = "", model: str = ""
    ) -> bool:
        """From open to an end, once. Without a `model` the one that answered before keeps its name."""
        named = {"model_answered": model} if model else {}
        ending = {"state": state, "finish_reason": finish_reason, "error": error, "ended_at": timezone.now()}
        return self.open().filter(pk=pk).update(**ending, **named) == 1


class Reply(models.Model):
    message = models.OneToOneField("chat.Message", models.CASCADE, related_name="reply")
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="replies", db_index=False
    )  # one_reply_a_send begins with it
    send_id = models.UUIDField(help_text="Made by the form; the same one never starts a second reply.")
    begun_with = models.PositiveIntegerField(default=0, help_text="Characters that the last Continue found.")
    continue_id = models.UUIDField(null=True, help_text="The send_id of the last Continue.")
    state = models.CharField(max_length=11, choices=ReplyState.choices, default=ReplyState.QUEUED)
    stop_requested = models.BooleanField(default=False)
    model = models.CharField(max_length=MODEL_CHARACTERS, help_text="The model that was asked for.")
    model_answered = models.CharField(max_length=MODEL_CHARACTERS, blank=True)
    finish_reason = models.CharField(max_length=50, blank=True)
    error = models.TextField(blank=True, help_text="One plain sentence for the person who asked.")
    seen = models.BooleanField(default=False, help_text="Whether its owner has looked at the end of it.")
    imported = models.JSONField(
        null=True, help_text="Usage as the file said it that this came from: the ledger has no row of it."
    )
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[ReplyQuerySet] = ReplyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "replies"
        constraints = [
            models.UniqueConstraint("asker", "send_id", name="one_reply_a_send"),  # replies.start()
        ]
        indexes = [
            models.Index(
                fields=["message"], name="reply_open", condition=models.Q(state__in=["queued", "running"])
            ),
            # for_list(): is_running; turns_now()
            models.Index(
                fields=["message"],
                name="reply_unseen",
                condition=models.Q(seen=False, state__in=["done", "interrupted", "failed"]),
            ),  # for_list(): is_unread
            models.Index(
                fields=["asker"],
                name="reply_open_asker",
                condition=models.Q(state__in=["queued", "running"]),
            ),  # begin(): how many are open
            models.Index(
                fields=["id"],
                name="reply_stop",
                condition=models.Q(stop_requested=True, state__in=["queued", "running"]),
            ),  # stop_requested(), looked at whenever somebody has committed
        ]

    def __str__(self) -> str:
        return f"reply {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_news(self) -> bool:
        """Whether its owner has not looked at its end: see unseen()."""
        return not self.seen and self.state in NEWS_STATES

    @property
    def was_cut(self) -> bool:
        """Whether there is more to say: see CAN_CONTINUE."""
        at_length = self.state == ReplyState.DONE and self.finish_reason == CUT_AT_LENGTH
        return self.state in CUT_STATES or at_length

    @property
    def named_model(self) -> str:
        """The model that really answered, or the one that was asked for while none has."""
        return self.model_answered or self.model
