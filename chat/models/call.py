"""The ledger: one row an upstream request, opened before it goes out and closed with what came of it."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import QuerySet

from chat.models.outlives import outlives


class Source(models.TextChoices):
    CHAT = "chat"
    TITLE = "title"
    SUMMARY = "summary"
    API = "api"


class CallStatus(models.TextChoices):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class UsageSource(models.TextChoices):
    PROVIDER = "provider"
    ESTIMATE = "estimate"
    NONE = "none"


class CallQuerySet(QuerySet["Call"]):
    def running(self) -> CallQuerySet:
        return self.filter(status=CallStatus.RUNNING)

    def closed(self) -> CallQuerySet:
        return self.exclude(status=CallStatus.RUNNING)

    def owned_by(self, worker: UUID) -> CallQuerySet:
        """The fence: only rows that are open and still belong to `worker`."""
        return self.running().filter(worker=worker)

    def request_stop(self) -> int:
        """Have API requests that are under way ended by the processes that own them; how many."""
        return self.running().filter(source=Source.API, stop_requested=False).update(stop_requested=True)

    def hold(self) -> None:
        """Lock the rows until the transaction ends."""
        list(self.order_by("pk").select_for_update(of=("self",)).values_list("pk"))

    def give_away(self) -> int:
        """Open rows without an owner, which recover settles."""
        return self.running().update(worker=None)


class Call(models.Model):
    opened_at = models.DateTimeField()
    day = models.DateField(help_text="The day it was opened, in the site's time zone.")
    user = outlives(settings.AUTH_USER_MODEL, "calls")
    group = outlives("auth.Group", "calls")
    source = models.CharField(max_length=7, choices=Source.choices)
    status = models.CharField(max_length=11, choices=CallStatus.choices, default=CallStatus.RUNNING)
    model_requested = models.CharField(max_length=200)
    model_answered = models.CharField(max_length=200, blank=True)
    prompt_characters = models.PositiveIntegerField(default=0)
    completion_characters = models.PositiveIntegerField(default=0)
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    usage_source = models.CharField(max_length=8, choices=UsageSource.choices, default=UsageSource.NONE)
    cost_nano_usd = models.BigIntegerField(null=True, help_text="Empty: unknown. 1 USD is 1,000,000,000.")
    reserved_tokens = models.PositiveIntegerField(default=0, help_text="The worst case, until it is closed.")
    max_tokens = models.PositiveIntegerField()
    http_status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=50, blank=True, help_text="A short stable word.")
    ttft_ms = models.PositiveIntegerField("time to first text, ms", null=True)
    duration_ms = models.PositiveIntegerField("duration, ms", null=True)
    conversation = outlives("chat.Conversation", "calls")
    reply = outlives("chat.Reply", "calls")
    api_key = outlives("chat.ApiKey", "calls")
    request_id = models.UUIDField(unique=True, editable=False, help_text="Sent as X-Client-Request-Id.")
    upstream_id = models.CharField(max_length=200, blank=True)
    stop_requested = models.BooleanField(
        default=False, editable=False, help_text="By an administrator, while it runs."
    )
    worker = models.UUIDField(null=True, editable=False, help_text="The process that owns it while it runs.")

    objects: ClassVar[CallQuerySet] = CallQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "call"
        verbose_name_plural = "ledger"
        indexes = [
            models.Index(fields=["day", "user"], name="call_day"),  # the administrator's tables and the CSV
            models.Index(fields=["user", "day"], name="call_user"),  # one's own usage
            models.Index(fields=["reply"], name="call_reply"),  # recover, and the usage of a reply in exports
            models.Index(
                fields=["model_requested", "-id"],
                name="call_exact",
                condition=models.Q(usage_source="provider"),
            ),  # usage.estimate: the newest exact counts
            models.Index(fields=["worker"], name="call_running", condition=models.Q(status="running")),
            # owned_by() on each commit, and recover
            models.Index(
                fields=["user", "-opened_at"], name="call_api", condition=models.Q(source="api")
            ),  # gateway: how often a user's keys asked within the last minute
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"
