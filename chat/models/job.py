"""Work that outlasts a request: claimed by one process, told by its progress, taken over when that one dies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING, ClassVar, cast
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, QuerySet
from django.utils import timezone

if TYPE_CHECKING:
    from chat.models.user import User

AFTER = "after"  # in `result`: the time, in seconds since 1970, before which nobody is to claim the job


class JobKind(models.TextChoices):
    IMPORT = "import"
    MAIL = "mail"
    NIGHT = "night"
    LEAVE = "leave"


class JobState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Place:
    """A job in its line. `after`: seconds since 1970 before which nobody is to claim it, where it was put off."""

    pk: int
    state: str
    beat: int
    after: float | None

    @property
    def is_due(self) -> bool:
        return self.state == JobState.QUEUED and time.time() >= (self.after or 0)


class JobQuerySet(QuerySet["Job"]):
    def open(self) -> JobQuerySet:
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])

    def places(self) -> Iterator[Place]:
        """Where each stands, oldest first, without its text."""
        rows = self.order_by("pk").values_list("pk", "state", "beat", f"result__{AFTER}")
        return starmap(Place, rows)

    def claim(self, pk: int, worker: UUID, *, beat: int) -> bool:
        """Queued to running, by one process, and not once another had it since its beat was `beat`."""
        waiting = self.filter(pk=pk, state=JobState.QUEUED, beat=beat)
        return waiting.update(state=JobState.RUNNING, worker=worker, beat=F("beat") + 1) == 1

    def take_over(self, pk: int, *, beat: int) -> bool:
        """Running to queued, when the process that had it has not raised its beat since it was `beat`."""
        dead = self.filter(pk=pk, state=JobState.RUNNING, beat=beat)
        return dead.update(state=JobState.QUEUED, worker=None) == 1

    def advance(self, pk: int, worker: UUID, *, done: int, result: dict[str, object] | None = None) -> bool:
        """The fence, progress and heartbeat in one; False when the job is not `worker`'s any more.

        `result` is what has come of it so far, so that another process can go on from there.
        """
        own = self.filter(pk=pk, state=JobState.RUNNING, worker=worker)
        so_far = {} if result is None else {"result": result}
        return own.update(done=done, beat=F("beat") + 1, **so_far) == 1

    def let_go(self, pk: int, worker: UUID) -> bool:
        """Running to queued, when its process ends: another one goes on with it at once."""
        own = self.filter(pk=pk, state=JobState.RUNNING, worker=worker)
        return own.update(state=JobState.QUEUED, worker=None) == 1

    def put_off(self, pk: int, worker: UUID, *, seconds: float, done: int, result: dict[str, object]) -> bool:
        """Running to queued, not to be claimed for so long; False when the job is not `worker`'s any more."""
        own = self.filter(pk=pk, state=JobState.RUNNING, worker=worker)
        later = {**result, AFTER: time.time() + seconds}
        return own.update(state=JobState.QUEUED, worker=None, done=done, result=later) == 1

    def finish(
        self, pk: int, worker: UUID, *, state: str, result: dict[str, object], error: str = ""
    ) -> bool:
        own = self.filter(pk=pk, state=JobState.RUNNING, worker=worker)
        return own.update(state=state, result=result, error=error, ended_at=timezone.now()) == 1


class Job(models.Model):
    # None: the site itself, at night
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="jobs")
    kind = models.CharField(max_length=10, choices=JobKind.choices)
    name = models.CharField(
        max_length=200, help_text="The file of an import, the subject of a mail, the day of a night."
    )
    state = models.CharField(max_length=7, choices=JobState.choices, default=JobState.QUEUED)
    worker = models.UUIDField(null=True, editable=False)
    beat = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0, help_text="Of `total`; bytes for an import.")
    total = models.PositiveBigIntegerField(default=0)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True, help_text="What was wrong, for the person who began it.")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[JobQuerySet] = JobQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="one_night_a_day", condition=models.Q(kind="night")
            ),  # every process puts it down
        ]
        indexes = [
            models.Index(
                fields=["id"], name="job_open", condition=models.Q(state__in=["queued", "running"])
            ),  # open(), looked at by every process every few seconds
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def person(self) -> User:
        """Whom an import or a mail is for."""
        return cast("User", self.owner)


class JobPart(models.Model):
    """A block of what a job reads, such as an uploaded file: every process can read it, on whatever machine."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("job", "number", name="one_part_a_number")]

    def __str__(self) -> str:
        return f"part {self.number} of job {self.job_id}"
