"""The thread in every process that runs imports, its own and those of processes that died."""

import logging
import threading
import time
import uuid
from typing import Optional

from django.db import Error, connection
from django.db.models import F

from chat.models import Job, JobKind, JobPart, JobState
from chat.transfer.imports import Import
from chat.transfer.parts import drop_parts

log = logging.getLogger(__name__)

LOOK = 2.0  # s between looks
SILENCE = 10.0  # s without a heartbeat, on this process's own monotonic clock
PAUSED = 6.0  # s between looks: this process stood still, or was at work itself

_current: Optional["Runner"] = None


def wake() -> None:
    """Tell the runner of this process, where one is open, that a job waits; others see it at their next look."""
    if _current is not None:
        _current.wake()


class Runner:
    """One import at a time. A job belongs to whom the compare-and-set gave it; each of its writes is fenced."""

    def __init__(self) -> None:
        self._worker = uuid.uuid4()
        self._seen: dict[int, tuple[int, float]] = {}  # beats of running jobs, and since when they are so
        self._looked_at = float("-inf")
        self._ending = threading.Event()
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._run, name="imports", daemon=True)

    @classmethod
    def open(cls) -> "Runner":
        global _current
        _current = runner = cls()
        runner._thread.start()
        return runner

    def wake(self) -> None:
        self._news.set()

    def close(self) -> None:
        """Leave what is running to others, between two conversations. Safe to repeat."""
        global _current
        if _current is self:
            _current = None
        self._ending.set()
        self._news.set()
        self._thread.join()

    def _run(self) -> None:
        swept = False
        while not self._ending.is_set():
            self._news.clear()
            try:
                if not swept:
                    _sweep()
                    swept = True
                while not self._ending.is_set() and self._look(time.monotonic()):
                    pass
            except Error as error:
                log.error("The database did not answer; imports wait: %s", error)
                self._seen.clear()
                connection.close()
            except Exception:
                log.exception("A look for imports failed")
            self._news.wait(LOOK)
        self._let_go()
        connection.close()

    def _let_go(self) -> None:
        try:
            self._give_back()
        except Error as error:
            log.error("The database did not answer; an import is taken over later: %s", error)

    def _look(self, now: float) -> bool:
        """Run one job that waits, if there is one; otherwise watch those that others run."""
        if now - self._looked_at > PAUSED:
            self._seen.clear()
        self._looked_at = now
        self._give_back()  # a run of ours that a database error ended
        jobs = Job.objects.open().filter(kind=JobKind.IMPORT).order_by("pk")
        beats = {}
        for job in jobs.select_related("owner"):
            if job.state == JobState.RUNNING:
                beats[job.pk] = job.beat
            elif Job.objects.all().claim(job.pk, self._worker):
                Import(job, self._worker, self._ending).run()
                return True
        self._watch(beats, now)
        return False

    def _give_back(self) -> None:
        for pk in Job.objects.open().filter(worker=self._worker).values_list("pk", flat=True):
            Job.objects.all().let_go(pk, self._worker)

    def _watch(self, beats: dict[int, int], now: float) -> None:
        if self._seen and beats and not _database_is_free(next(iter(beats))):
            self._seen.clear()
        self._seen = {
            pk: self._seen[pk] if self._seen.get(pk, (None,))[0] == beat else (beat, now)
            for pk, beat in beats.items()
        }
        for pk, (beat, since) in self._seen.items():
            if now - since >= SILENCE and Job.objects.all().take_over(pk, beat=beat):
                log.warning("Import %d was left by a process that died; it goes on", pk)
                self._news.set()


def _database_is_free(pk: int) -> bool:
    """Whether a write goes through at once. While it does not, the beats of others wait as well."""
    began = time.monotonic()
    Job.objects.filter(pk=pk).update(beat=F("beat"))
    return time.monotonic() - began < LOOK


def _sweep() -> None:
    """Uploads whose jobs ended just before their process did."""
    for pk in JobPart.objects.filter(job__ended_at__isnull=False).values_list("job", flat=True).distinct():
        drop_parts(pk)
