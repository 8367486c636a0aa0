"""An import as a job: the upload is stored, and whichever process claims it does the rest."""

import io
import logging
import threading
import time
import uuid
from collections.abc import Iterator
from typing import IO, cast

from django.db import transaction

from chat.jobs import Work
from chat.models import (
    DATABASE_AWAY,
    Action,
    AuditEntry,
    Job,
    JobKind,
    JobPart,
    JobState,
    User,
    one_at_a_time,
)
from chat.transfer.bring_in import bring_in
from chat.transfer.parts import PartsFile, add_parts, drop_parts
from chat.transfer.refused import Unreadable
from chat.transfer.tally import Tally

log = logging.getLogger(__name__)

NAME_CHARACTERS = 200
BEAT = 2.0  # s between heartbeats while nothing else is written

CUT = "The upload was cut off before it was complete. Send the file again."
FAILED = "Something went wrong inside Parley; its administrator finds it in the log. What was imported stays."


class ImportOpen(Exception):
    """One import of a user's at a time."""

    sentence = "Another import of yours is still running. Wait until it is done, then send the file again."


def begin_import(owner: User, name: str, blocks: Iterator[bytes], *, size: int) -> Job:
    """Store an upload of `size` bytes as a job that waits to be claimed; raises ImportOpen.

    While it is stored the job runs, owned by nobody that lives on: if this process dies, it is taken over as
    any other, and ends with the sentence that the upload was cut.
    """
    uploader = uuid.uuid4()
    with transaction.atomic():
        one_at_a_time(f"imports of user {owner.pk}")
        if Job.objects.open().filter(owner=owner, kind=JobKind.IMPORT).exists():
            raise ImportOpen
        job = Job.objects.create(
            owner=owner,
            kind=JobKind.IMPORT,
            name=name[:NAME_CHARACTERS],
            state=JobState.RUNNING,
            worker=uploader,
        )
    try:
        for _ in add_parts(job, blocks):
            if not Job.objects.all().advance(job.pk, uploader, done=0):
                raise ImportOpen  # it stood still for so long that it was taken for dead
    except BaseException:
        Job.objects.filter(pk=job.pk).delete()
        raise
    Job.objects.filter(pk=job.pk, worker=uploader).update(total=size)
    Job.objects.all().let_go(job.pk, uploader)
    return Job.objects.get(pk=job.pk)


class Lost(Exception):
    """The job is somebody else's now, or is to be: what was about to be written is not."""


class Import(Work):
    """When it is to end it stops between two conversations."""

    def __init__(self, job: Job, worker: uuid.UUID, ending: threading.Event) -> None:
        super().__init__(job, worker, ending)
        self._parts = PartsFile(job)
        self._tally = Tally.of(job.result)
        self._beaten_at = time.monotonic()

    @classmethod
    def sweep(cls) -> None:
        """Uploads whose jobs ended just before their process did."""
        ended = JobPart.objects.filter(job__ended_at__isnull=False)
        for pk in ended.values_list("job", flat=True).distinct():
            drop_parts(pk)

    def run(self) -> None:
        error = ""
        try:
            if not self._job.total:
                raise Unreadable("", CUT)
            file = cast(IO[bytes], io.BufferedReader(self._parts))
            bring_in(self._job.person, file, keep=self._keep, look_up=self._look_up, so_far=self._tally)
        except Lost:
            return
        except Unreadable as reason:
            error = str(reason)
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("Import %d failed", self._job.pk)
            error = FAILED
        self._finish(error)

    def _keep(self, tally: Tally) -> None:
        """In the transaction of each conversation: the fence, and how far it went."""
        self._advance(tally)
        self._tally = tally

    def _look_up(self) -> None:
        if self._ending.is_set() or time.monotonic() - self._beaten_at > BEAT:
            self._advance(self._tally)

    def _advance(self, tally: Tally) -> None:
        done, result = self._parts.tell(), tally.as_result()
        if self._ending.is_set() or not Job.objects.all().advance(
            self._job.pk, self._worker, done=done, result=result
        ):
            raise Lost
        self._beaten_at = time.monotonic()

    def _finish(self, error: str) -> None:
        tally = self._tally
        came = tally.imported or tally.here
        failed = error or (tally.refused and not came)
        with transaction.atomic():
            finished = Job.objects.all().finish(
                self._job.pk,
                self._worker,
                state=JobState.FAILED if failed else JobState.DONE,
                result=tally.as_result(),
                error=error,
            )
            if finished and tally.imported:
                AuditEntry.objects.record(Action.IMPORTED, actor=self._job.owner, detail=tally.in_trail)
        if finished:
            drop_parts(self._job.pk)
