"""What a process knows of one running reply: its committed text, and who waits for more.

Only the event loop's thread touches these objects; the scribe publishes into them through the loop. (The
scribe itself alone keeps `call_id`, which only its own fence reads.)
"""

import asyncio
from enum import Enum
from uuid import UUID

from chat.replies.attempt import Attempt
from chat.replies.job import Job


class Cut(Enum):
    """Why a reply ends before the model has finished."""

    STOPPED = "stopped"  # somebody pressed Stop
    ENDING = "ending"  # the process ends
    LOST = "lost"  # another process settled it, or it was deleted: write nothing


class Tail:
    """The committed text of a reply as it grows; what a reader follows, wherever the reply runs."""

    def __init__(self, reply_id: int) -> None:
        self.reply_id = reply_id
        self.ahead: int | None = None  # replies that have their turn earlier; None once it has begun
        self.ended = False
        self._parts: list[str] = []
        self._changed = asyncio.Event()

    @property
    def text(self) -> str:
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    @property
    def changed(self) -> asyncio.Event:
        """Take it before looking at the text: it is set once, at the first change after that."""
        return self._changed

    def append(self, text: str) -> None:
        self._parts.append(text)

    def wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class LiveReply(Tail):
    """A reply that runs in this process."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.reply_id)
        self.job = job
        self.call_id = job.call_id  # of the attempt that is under way
        self.request_id: UUID = job.request_id
        self.attempt = Attempt()
        self.parts: list[str] = []  # the text as the model gave it, committed or not
        self.written = 0  # its characters
        self.cut: Cut | None = None
        self.task: asyncio.Task[None] | None = None

    def cut_short(self, why: Cut) -> None:
        """End it now; the first reason stands. The upstream connection closes with the task."""
        if self.cut is None and not self.ended:
            self.cut = why
            if self.task is not None:
                # Not before its first step: a task that never began would put no end.
                self.task.get_loop().call_soon(self.task.cancel)
