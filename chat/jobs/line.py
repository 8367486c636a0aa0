"""The thread in every process that runs the jobs of one kind, its own and those of processes that died."""

import logging
import threading
import time
import uuid

from django.db import Error, connection
from django.db.models import F

from chat.jobs.work import Work
from chat.models import Job, JobState
from chat.models.job import Place

log = logging.getLogger(__name__)

LOOK = 2.0  # s between looks
PAUSED = 6.0  # s between looks: this process stood still, or was at work itself


class Line:
    """One job at a time. A job belongs to whom the compare-and-set gave it; each of its writes is fenced."""

    def __init__(self, kind: str, work: type[Work]) -> None:
        self._kind = kind
        self._work = work
        self._worker = uuid.uuid4()
        self._seen: dict[int, tuple[int, float]] = {}  # beats of running jobs, and since when they are so
        self._looked_at = float("-inf")
        self._ending = threading.Event()
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"jobs: {kind}", daemon=True)

    def open(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._news.set()

    def end(self) -> None:
        """Leave what is running to others, as soon as it can be left."""
        self._ending.set()
        self._news.set()

    def close(self, seconds: float) -> None:
        """Wait so long for the end; what cannot be left by then ends with its process, and is taken over."""
        self._thread.join(seconds)

    def _run(self) -> None:
        swept = False
        while not self._ending.is_set():
            self._news.clear()
            try:
                if not swept:
                    self._work.sweep()
                    swept = True
                while not self._ending.is_set() and self._look(time.monotonic()):
                    pass
            except Error as error:
                log.error("The database did not answer; jobs (%s) wait: %s", self._kind, error)
                self._seen.clear()
                connection.close()
            except Exception:
                log.exception("A look for jobs (%s) failed", self._kind)
            self._news.wait(LOOK)
        self._let_go()
        connection.close()

    def _let_go(self) -> None:
        try:
            self._give_back()
        except Error as error:
            log.error("The database did not answer; a job (%s) is taken over later: %s", self._kind, error)

    def _look(self, now: float) -> bool:
        """Run what waits, one by one; where nothing does, watch what others run.

        The line is read once a look, however long it is, and each job again once it is claimed.
        """
        if now - self._looked_at > PAUSED:
            self._seen.clear()
        self._looked_at = now
        self._work.look()
        self._give_back()  # a run of ours that a database error ended
        line = list(Job.objects.open().filter(kind=self._kind).places())
        ran = [self._ran(place) for place in line if place.is_due]
        if any(ran):
            return True
        self._watch({place.pk: place.beat for place in line if place.state == JobState.RUNNING}, now)
        return False

    def _ran(self, place: Place) -> bool:
        """False where another process was faster, or it is gone, or this one ends."""
        if self._ending.is_set():
            return False
        self._work.look()
        if not Job.objects.all().claim(place.pk, self._worker, beat=place.beat):
            return False
        if job := Job.objects.select_related("owner").filter(pk=place.pk).first():
            self._work(job, self._worker, self._ending).run()
        return True

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
            if now - since >= self._work.silence and Job.objects.all().take_over(pk, beat=beat):
                log.warning("Job %d (%s) was left by a process that died; it goes on", pk, self._kind)
                self._news.set()


def _database_is_free(pk: int) -> bool:
    """Whether a write goes through at once. While it does not, the beats of others wait as well."""
    began = time.monotonic()
    Job.objects.filter(pk=pk).update(beat=F("beat"))
    return time.monotonic() - began < LOOK
