"""What the site does every night by itself, as a job that one of its processes claims."""

import logging
from typing import ClassVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat.jobs import Work
from chat.models import DATABASE_AWAY, Action, AuditEntry, Job, JobKind, JobState, forget_words
from chat.retention.announce import announce, spare
from chat.retention.expired import drop_expired
from chat.retention.prune import delete_due

log = logging.getLogger(__name__)

HOUR = 3  # o'clock in the site's zone, from which on a day's job is put down


class Night(Work):
    """One job a day. A site that was down at that hour does its work when it is back.

    Every part may be done again: who takes over from a process that died begins anew with what is left.
    """

    # Writing the search index anew, or telling somebody of very many, takes long and raises no beat
    silence: ClassVar[float] = 300.0

    @classmethod
    def look(cls) -> None:
        """Put the day's job down, unless another process did; a database constraint lets one of them."""
        now = timezone.localtime()
        today = Job.objects.filter(kind=JobKind.NIGHT, name=now.date().isoformat())
        if now.hour < HOUR or today.exists():
            return
        Job.objects.bulk_create([Job(kind=JobKind.NIGHT, name=now.date().isoformat())], ignore_conflicts=True)

    def run(self) -> None:
        try:
            if self._prune():
                drop_expired()
                self._finish(JobState.DONE)
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("The work of the night %s failed; the next night tries again", self._job.name)
            self._finish(JobState.FAILED)

    def _prune(self) -> bool:
        """False when the process is to end, or the job belongs to another by now."""
        today = timezone.localdate()
        spare(today)
        if not settings.RETENTION_DAYS:
            return True
        for _ in delete_due(today):
            self._job.done += 1
            if not self._advance() or self._ending.is_set():
                return False
        if self._job.done:
            forget_words()
        told = announce(today)
        log.info("Retention: %d conversations deleted, %d announced", self._job.done, told)
        return self._advance()

    def _advance(self) -> bool:
        return Job.objects.all().advance(self._job.pk, self._worker, done=self._job.done)

    def _finish(self, state: JobState) -> None:
        """With the entry of the audit trail, and without the jobs of nights before."""
        with transaction.atomic():
            if not Job.objects.all().finish(self._job.pk, self._worker, state=state, result={}):
                return
            if self._job.done:
                AuditEntry.objects.record_by_site(
                    Action.DELETED, detail=f"{self._job.done} conversations, untouched"
                )
            Job.objects.filter(kind=JobKind.NIGHT, name__lt=self._job.name).delete()
