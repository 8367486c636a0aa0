"""The sending of one mail, as a job."""

import logging
import time
from typing import ClassVar

from django.db import transaction

from chat import usage
from chat.jobs import Work
from chat.models import Job, JobState
from chat.notices.failures import is_final, sentence_of
from chat.notices.letter import letter_of

log = logging.getLogger(__name__)

PAUSES = (10, 60, 300, 900, 2330)  # s before each further try: an hour in all
GATHERED = "gathered"  # in a result: its mail may be on its way
STALE = 24 * 3600  # s after which nobody wants to be told any more


class Sending(Work):
    """A mail goes out at least once: who dies between the server's yes and the end of the job sends it again.

    The job's row is dropped at its end, since it holds text.
    """

    # The server is waited for, up to 20 s a command (EMAIL_TIMEOUT), and no beat is raised meanwhile
    silence: ClassVar[float] = 300.0

    @classmethod
    def look(cls) -> None:
        usage.tell_refusals()

    def run(self) -> None:
        if self._is_unwanted() or not self._gather():
            return
        try:
            letter_of(self._job).send()
        except Exception as error:
            self._failed(error)
        else:
            self._drop()

    def _is_unwanted(self) -> bool:
        owner = self._job.person
        stale = time.time() - self._job.created_at.timestamp() > STALE
        if owner.is_active and owner.email and not stale:
            return False
        log.info("Mail %d to user %d is not sent: nobody waits for it any more", self._job.pk, owner.pk)
        self._drop()
        return True

    def _gather(self) -> bool:
        """Take along what waits for the same person about other budgets; False when the job is lost.

        Also from a process that has claimed one and not come to this yet: it finds that it has lost it.
        """
        job, result = self._job, self._job.result
        if "budgets" in result["values"]:
            with transaction.atomic():
                alike = Job.objects.open().filter(owner=job.owner, result__template=result["template"])
                found = {other.pk: other for other in alike.order_by("pk").select_for_update()}
                if job.pk not in found or found[job.pk].worker != self._worker:
                    return False
                job.result = result = found[job.pk].result  # forget() may have taken somebody out
                others = [other for other in found.values() if other.pk != job.pk and _is_free(other)]
                for other in others:
                    result["values"]["budgets"] += other.result["values"]["budgets"]
                Job.objects.filter(pk__in=[other.pk for other in others]).delete()
                return self._advance({**result, GATHERED: True})
        return self._advance(result)

    def _advance(self, result: dict[str, object]) -> bool:
        return Job.objects.all().advance(self._job.pk, self._worker, done=self._job.done, result=result)

    def _failed(self, error: Exception) -> None:
        job = self._job
        if is_final(error) or job.done >= len(PAUSES):
            log.error("Mail %d to user %d is given up: %s", job.pk, job.owner_id, sentence_of(error))
            self._drop()
            return
        pause = PAUSES[job.done]
        log.warning(
            "Mail %d to user %d is tried again in %d s: %s", job.pk, job.owner_id, pause, sentence_of(error)
        )
        Job.objects.all().put_off(
            job.pk, self._worker, seconds=pause, done=job.done + 1, result=self._job.result
        )

    def _drop(self) -> None:
        Job.objects.filter(pk=self._job.pk, state=JobState.RUNNING, worker=self._worker).delete()


def _is_free(job: Job) -> bool:
    return job.state == JobState.QUEUED or not job.result.get(GATHERED)
