"""Upstream requests that belong to no reply, such as the one for a title: each has its ledger row and its end."""

import asyncio
import contextvars
import logging
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.db import connections, transaction

from chat import usage
from chat.llm import ChatRequest, Client, ModelError, TimedOut
from chat.models import CallStatus
from chat.replies.errors import ShuttingDown
from chat.replies.scribe import Scribe
from chat.usage import Attempt, Closing

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Errand:
    """`call_id` and `request_id` are those of its open ledger row; it may take so many `seconds`."""

    call_id: int
    request_id: UUID
    request: ChatRequest
    seconds: float


class Errands:
    """Those of one process. Guarantee: each one's ledger row is closed, by recover where this process cannot.

    `run` may be called from any thread, everything else from the event loop's only.
    """

    def __init__(self, worker: UUID, loop: asyncio.AbstractEventLoop, client: Client, scribe: Scribe) -> None:
        self._worker = worker
        self._loop = loop
        self._client = client
        self._scribe = scribe
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="errands")
        self._tasks: dict[int, asyncio.Task[str]] = {}
        self._ending = False

    def run(self, errand: Errand) -> "Future[str]":
        """Ask the model; the answer's text, a ModelError or ShuttingDown. Cancelling it stops the request."""
        return contextvars.Context().run(self._submit, self._go(errand))

    def _submit(self, going: Coroutine[None, None, str]) -> "Future[str]":
        return asyncio.run_coroutine_threadsafe(going, self._loop)

    async def done(self) -> None:
        """Wait until none is under way."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    def end(self) -> None:
        """Interrupt those that are under way."""
        self._ending = True
        for task in self._tasks.values():
            task.cancel()

    def close(self) -> None:
        self._thread.shutdown(wait=False)

    async def _go(self, errand: Errand) -> str:
        task = cast("asyncio.Task[str]", asyncio.current_task())
        task.add_done_callback(_heard)
        self._tasks[errand.call_id] = task
        self._scribe.beat_for(errand.call_id)
        attempt, closing = Attempt(), None
        try:
            text = await self._ask(errand, attempt)
            closing = attempt.closing(CallStatus.DONE, characters=len(text))
            return text
        except asyncio.CancelledError:
            closing = attempt.closing(CallStatus.INTERRUPTED if self._ending else CallStatus.STOPPED)
            if self._ending:
                raise ShuttingDown from None
            raise
        except ModelError as error:
            log.warning("Call %d: %s, status %s", errand.call_id, error.code, error.http_status)
            closing = attempt.closing(CallStatus.FAILED, error=error)
            raise
        finally:
            await self._written(errand.call_id, closing or attempt.closing(CallStatus.FAILED))
            self._scribe.no_beat_for(errand.call_id)
            del self._tasks[errand.call_id]

    async def _ask(self, errand: Errand, attempt: Attempt) -> str:
        if self._ending:
            raise asyncio.CancelledError
        attempt.sent = True
        try:
            async with asyncio.timeout(errand.seconds):
                whole = await self._client.complete(errand.request, request_id=str(errand.request_id))
        except TimeoutError:
            raise TimedOut(f"no answer within {errand.seconds:.0f} s") from None
        attempt.accepted = True
        attempt.note(whole)
        return whole.text

    async def _written(self, call_id: int, closing: Closing) -> None:
        """Close the ledger row in a thread; nothing that comes meanwhile keeps it from that."""
        writing = self._loop.run_in_executor(self._thread, self._write, call_id, closing)
        while not writing.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([writing])
        if writing.exception():
            log.error("Call %d is left to recover", call_id, exc_info=writing.exception())

    def _write(self, call_id: int, closing: Closing) -> None:
        try:
            with transaction.atomic():
                usage.hold_counters(calls=[call_id])
                usage.close_call(call_id, self._worker, closing)
        finally:
            connections.close_all()


def _heard(task: "asyncio.Task[str]") -> None:
    """Who asked may be gone by now; asyncio would log an error that nobody has looked at."""
    if not task.cancelled():
        task.exception()
