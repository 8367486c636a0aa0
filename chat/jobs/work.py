"""What runs the jobs of one kind."""

import threading
from typing import ClassVar
from uuid import UUID

from chat.models import Job


class Work:
    """One claimed job, run by `worker`; when `ending` is set it is to stop as soon as it can.

    Each of its writes is fenced (`JobQuerySet.advance`, `finish`, `put_off`). While it runs it raises the job's
    beat more often than every `silence` seconds: after so long another process takes it for dead, and takes over.
    """

    silence: ClassVar[float] = 10.0  # s

    def __init__(self, job: Job, worker: UUID, ending: threading.Event) -> None:
        self._job = job
        self._worker = worker
        self._ending = ending

    def run(self) -> None:
        """To its end, or until it is not ours any more; after a database error another run goes on with it."""
        raise NotImplementedError

    @classmethod
    def sweep(cls) -> None:
        """What jobs of this kind left behind whose process died; once a process, at its beginning."""

    @classmethod
    def look(cls) -> None:
        """What this process noted down, before each look for jobs."""
