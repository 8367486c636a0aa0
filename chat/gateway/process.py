"""The part of a web process that answers the API: opened after the fork, ended with grace."""

import asyncio
import contextvars
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

from django.db import connections

from chat.gateway import ledger
from chat.gateway.ask import answer
from chat.gateway.asked import Asked
from chat.gateway.errors import ShuttingDown
from chat.gateway.exchange import Cut, Exchange
from chat.llm import Client
from chat.models import ApiKey

log = logging.getLogger(__name__)

THREADS = 2
WATCH = 2.0  # s between looks at what is to end
LAST_COMMITS = 5.0  # s

Result = TypeVar("Result")

_current: "Gateway | None" = None


def current() -> "Gateway":
    """The one of this process; raises ShuttingDown where none is open, so that nothing is begun there."""
    if _current is None:
        raise ShuttingDown
    return _current


class Heart(Protocol):
    """Whoever raises this process's heartbeat, on which recover judges whether its rows are orphans."""

    def beat_for(self, call_id: int) -> None: ...
    def no_beat_for(self, call_id: int) -> None: ...


class Gateway:
    """Open, use and close it in one event loop; it borrows the process's worker id, client and heartbeat."""

    def __init__(self, worker: UUID, client: Client, heart: Heart) -> None:
        self.worker = worker
        self.client = client
        self.heart = heart
        self.loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="gateway")
        self._exchanges: set[Exchange] = set()
        self._watch: asyncio.Task[None] | None = None
        self._admits = True

    @classmethod
    def open(cls, worker: UUID, client: Client, heart: Heart) -> "Gateway":
        global _current
        _current = gateway = cls(worker, client, heart)
        return gateway

    def begin(self, key: ApiKey, asked: Asked) -> Exchange:
        """Ask the model in a task of its own, in an empty context. Raises ShuttingDown."""
        if not self._admits:
            raise ShuttingDown
        exchange = Exchange(key, asked)
        self._exchanges.add(exchange)
        exchange.task = self.loop.create_task(
            answer(self, exchange), name="exchange", context=contextvars.Context()
        )
        exchange.task.add_done_callback(lambda _: self._exchanges.discard(exchange))
        if self._watch is None or self._watch.done():
            self._watch = self.loop.create_task(self._revoke(), context=contextvars.Context())
        return exchange

    def in_thread(self, verb: Callable[[], Result]) -> "asyncio.Future[Result]":
        """Run `verb` in one of the gateway's threads; the connection is given back after it."""
        return self.loop.run_in_executor(self._threads, _with_connection, verb)

    async def drain(self, seconds: float) -> None:
        """Admit nothing more, let requests go on for so long, then end them as interrupted."""
        self._admits = False
        await self._idle(seconds)
        for exchange in list(self._exchanges):
            exchange.cut(Cut.ENDING)
        await self._idle(LAST_COMMITS)

    async def close(self) -> None:
        """End now; before the client and the heartbeat that it borrows. Safe to repeat."""
        global _current
        await self.drain(0)
        if self._watch is not None:
            self._watch.cancel()
        self._threads.shutdown(wait=False)
        if _current is self:
            _current = None

    async def _idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while tasks := [exchange.task for exchange in self._exchanges if exchange.task]:
                    await asyncio.wait(tasks)

    async def _revoke(self) -> None:
        """End what was stopped, and what revoked keys have under way: one query a look for all of it."""
        while self._exchanges:
            await asyncio.sleep(WATCH)
            asking = {one.row.call_id: one for one in self._exchanges if one.row is not None}
            try:
                ending = await self.in_thread(partial(ledger.to_end, self.worker, asking.keys()))
            except Exception:  # whatever it was: the next look may see it
                log.exception("Whether keys were revoked cannot be seen")
                continue
            for call_id, is_revoked in ending.items():
                asking[call_id].cut(Cut.REVOKED if is_revoked else Cut.STOPPED)


def _with_connection(verb: Callable[[], Result]) -> Result:
    try:
        return verb()
    finally:
        connections.close_all()
