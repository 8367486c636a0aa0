"""The part of a web process that runs replies: opened after the fork, ended with grace."""

import asyncio
import contextvars
import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import connections

from chat.llm import Client, Endpoint
from chat.replies import ends
from chat.replies.errand import Errands
from chat.replies.errors import ShuttingDown
from chat.replies.generate import generate
from chat.replies.job import Job
from chat.replies.live import Cut, LiveReply
from chat.replies.looks import Looks
from chat.replies.recover import Recover
from chat.replies.scribe import Scribe
from chat.replies.settle import Outcome
from chat.replies.waking import open_waking
from chat.replies.watch import Watch
from chat.usage import OverBudget

log = logging.getLogger(__name__)

LAST_COMMITS = 5.0  # s

_current: "Process | None" = None


def current() -> "Process":
    """The one of this process; raises ShuttingDown where none is open, so that nothing is begun there."""
    if _current is None:
        raise ShuttingDown
    return _current


def silent_workers() -> frozenset[UUID]:
    """Processes that own open ledger rows and have given no sign of life lately, as far as this one has seen."""
    return _current.recover.silent if _current else frozenset()


class Process:
    """Open, drain and close it in one event loop. `hand_over` and `stop` may be called from any thread."""

    def __init__(self) -> None:
        self.worker = uuid.uuid4()
        self.loop = asyncio.get_running_loop()
        self.client = Client(Endpoint(settings.MODEL_API_BASE, settings.MODEL_API_KEY))
        self.live: dict[int, LiveReply] = {}
        self.scribe = Scribe(self.worker, self.loop, self._publish)
        self.errands = Errands(self.worker, self.loop, self.client, self.scribe)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="looks")
        self.looks = Looks(self.loop, self._thread, open_waking(), self.live)
        self.watch = Watch(self.loop, self._thread)
        self.recover = Recover(self.worker, self._calls)
        self._admits = True
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    @classmethod
    def open(cls) -> "Process":
        global _current
        _current = process = cls()
        process.scribe.open()
        process.recover.open()
        return process

    def must_admit(self) -> None:
        if not self._admits:
            raise ShuttingDown

    def hand_over(self, job: Job) -> None:
        """Run a committed reply. The empty context keeps the request's thread and connection out of it."""
        self.loop.call_soon_threadsafe(self._begin, job, context=contextvars.Context())

    def stop(self, reply_id: int) -> None:
        """End the reply if it runs here; where it does not, its owner reads the wish with its next commit."""
        self.loop.call_soon_threadsafe(self._cut, reply_id, Cut.STOPPED)

    async def drain(self, seconds: float) -> None:
        """Admit nothing more, let running replies go on for so long, then end them as interrupted."""
        self._admits = False
        self.watch.send_away(but=self.live)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()
                await self.errands.done()
        self.errands.end()
        if not self._idle.is_set():
            log.warning("%d replies are interrupted by the end of the process", len(self.live))
            for live in list(self.live.values()):
                live.cut_short(Cut.ENDING)
        with suppress(TimeoutError):  # of a database that is away nothing more can be hoped for
            async with asyncio.timeout(LAST_COMMITS):
                await self._idle.wait()
                await self.errands.done()

    async def close(self) -> None:
        """End now: every entry is written, every connection closed. Safe to repeat."""
        global _current
        if self._closed:
            return
        self._closed = True
        await self.drain(0)
        await asyncio.to_thread(self._close_threads)
        await self.looks.close()
        self.watch.close()
        self.errands.close()
        await self.loop.run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown(wait=False)
        await self.client.aclose()
        if _current is self:
            _current = None

    def _close_threads(self) -> None:
        self.scribe.close()
        self.recover.close()

    def _begin(self, job: Job) -> None:
        if self._closed:
            return  # another process settles it
        live = LiveReply(job)
        self.live[job.reply_id] = live
        self._idle.clear()
        self.scribe.own(live)
        self.looks.begin()
        live.task = self.loop.create_task(generate(self, live), name=f"reply {job.reply_id}")
        live.task.add_done_callback(partial(self._ended, live))

    def _calls(self) -> frozenset[int]:
        """The open ledger rows that this process works on; asked by recover's thread."""
        return self.scribe.calls.union(live.call_id for live in list(self.live.values()))

    def _cut(self, reply_id: int, why: Cut) -> None:
        if live := self.live.get(reply_id):
            live.cut_short(why)

    def _ended(self, live: LiveReply, task: "asyncio.Task[None]") -> None:
        """The net below generate(): a task that ended without an end still gets one."""
        if task.cancelled() or task.exception():
            log.error("The task of reply %d ended by itself", live.reply_id, exc_info=_error_of(task))
            self.scribe.put(replace(ends.failed(live, live.attempt), text="".join(live.parts)), urgent=True)

    def _publish(self, outcome: Outcome) -> None:
        """Readers see what was committed, and those who wait for a grant get it."""
        for live, text in outcome.texts.items():
            live.append(text)
        for live, call in outcome.attempts.items():
            live.request_id, live.max_tokens = call.request_id, call.max_tokens
        for live, ahead in outcome.ahead.items():
            live.ahead = ahead
        for live in outcome.lost:
            live.cut_short(Cut.LOST)
        for live in outcome.stop_requested:
            live.cut_short(Cut.STOPPED)
        for granted, answer in outcome.grants:  # who was cut a moment ago is not to ask the model any more
            if granted.done():
                continue
            if isinstance(answer, OverBudget):
                granted.set_exception(answer)
            else:
                granted.set_result(answer)
        for live in outcome.over:
            live.ended = True
            if self.live.get(live.reply_id) is live:  # it may be continued already
                del self.live[live.reply_id]
        for live in outcome.touched:
            live.wake()
        if not self.live:
            self._idle.set()


def _error_of(task: "asyncio.Task[None]") -> BaseException | None:
    return None if task.cancelled() else task.exception()
