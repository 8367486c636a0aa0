"""What a process knows of one running reply: its committed text, and who waits for more.

Only the event loop's thread touches these objects; the scribe publishes into them through the loop. (The
scribe itself alone keeps `call_id` and `refused`, which only its own commits read.)
"""

import asyncio
from enum import Enum
from uuid import UUID

from chat.replies.job import Job
from chat.replies.turns import Turns
from chat.usage import Attempt, Closing


class Cut(Enum):
    """Why a reply ends before the model has finished."""

    STOPPED = "stopped"  # somebody pressed Stop
    ENDING = "ending"  # the process ends
    LOST = "lost"  # another process settled it, or it was deleted: write nothing


class Tail:
    """The committed text of a reply as it grows; what a reader follows, wherever the reply runs."""

    def __init__(self, reply_id: int) -> None:
        self.reply_id = reply_id
        self.length = 0  # characters
        self.ahead: int | None = None  # replies that have their turn earlier; None once it has begun
        self.ended = False
        self.is_known = False  # what is committed was read at least once
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
        self.length += len(text)

    def wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class LiveReply(Tail):
    """A reply that runs in this process, or waits here for its turn."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.reply_id)
        self.job = job
        self.call_id = job.call_id  # of the attempt that is under way
        self.request_id: UUID = job.request_id
        self.max_tokens = job.request.parameters.max_tokens  # that may be asked for
        self.refused: Closing | None = None  # of the last attempt, when no budget allowed another
        self.attempt = Attempt()
        self.parts: list[str] = []  # the text as the model gave it, committed or not
        self.written = 0  # its characters
        self.cut: Cut | None = None
        self.task: asyncio.Task[None] | None = None
        self._turn: asyncio.Event | None = None
        if job.begun:  # what is continued is stored already
            self.append(job.begun)
            self.parts.append(job.begun)
            self.written = len(job.begun)

    @property
    def given(self) -> int:
        """Characters that this life of the reply has brought, without those that it continues."""
        return self.written - len(self.job.begun)

    @property
    def waits(self) -> bool:
        return self._turn is not None

    async def turn(self) -> None:
        """Wait until `hear` says that it is this one's turn."""
        self._turn = asyncio.Event()
        try:
            await self._turn.wait()
        finally:
            self._turn = self.ahead = None
            self.wake()

    def hear(self, turns: Turns) -> None:
        if self._turn is None:
            return
        if self.reply_id in turns.begin:
            self._turn.set()
        elif (ahead := turns.ahead.get(self.reply_id)) != self.ahead:
            self.ahead = ahead
            self.wake()

    def cut_short(self, why: Cut) -> None:
        """End it now; the first reason stands. The upstream connection closes with the task."""
        if self.cut is None and not self.ended:
            self.cut = why
            if self.task is not None:
                # Not before its first step: a task that never began would put no end.
                self.task.get_loop().call_soon(self.task.cancel)
