"""The few threads in which Django's synchronous code runs, shared by all requests.

By itself Django gives each request a thread, and so a database connection, of its own; an event stream would
keep them for minutes.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any

from asgiref.sync import ThreadSensitiveContext

REQUEST_THREADS = 8
STREAMS = ("/events/", "/v1/chat/completions")


class Threads:
    """Each request stays in one thread; event streams, which hardly work, all share one."""

    def __init__(self) -> None:
        self._load = {_thread(f"request-{number}"): 0 for number in range(REQUEST_THREADS)}
        self._streams = _thread("streams")
        self._open = Counter[bool]()  # requests under way; True: event streams
        self._ended = asyncio.Condition()

    async def idle(self, seconds: float, *, but_streams: bool = False) -> None:
        """Wait until no request is under way, but no longer than so many seconds."""

        def is_idle() -> bool:
            return not self._open[False] and (but_streams or not self._open[True])

        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._ended:
                await self._ended.wait_for(is_idle)

    @asynccontextmanager
    async def of(self, scope: MutableMapping[str, Any]) -> AsyncIterator[None]:
        """The thread of this request, for as long as it is under way."""
        streams = _is_stream(scope)
        self._open[streams] += 1
        try:
            async with self._thread_of(scope):
                yield
        finally:
            self._open[streams] -= 1
            async with self._ended:
                self._ended.notify_all()

    @asynccontextmanager
    async def _thread_of(self, scope: MutableMapping[str, Any]) -> AsyncIterator[None]:
        if _is_stream(scope):
            async with ThreadSensitiveContext(executor=self._streams):
                yield
            return
        thread = min(self._load, key=self._load.__getitem__)
        self._load[thread] += 1
        try:
            async with ThreadSensitiveContext(executor=thread):
                yield
        finally:
            self._load[thread] -= 1


def _is_stream(scope: MutableMapping[str, Any]) -> bool:
    return str(scope["path"]).endswith(STREAMS)


def _thread(name: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix=name)
