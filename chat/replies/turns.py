"""Who may ask the model now: so many at once, the others in the order in which they came."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat.replies.live import Tail


class Turns:
    """Used from the event loop alone. A reply that is cancelled while it waits gives up its place."""

    def __init__(self, at_once: int) -> None:
        """`at_once` 0 means no limit."""
        self.at_once = at_once
        self._running = 0
        self._waiting: deque[tuple[Tail, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def turn(self, tail: Tail) -> AsyncIterator[None]:
        await self._wait(tail)
        try:
            yield
        finally:
            self._running -= 1
            self._let_in()

    async def _wait(self, tail: Tail) -> None:
        if self._free() and not self._waiting:
            self._running += 1
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting.append((tail, place))
        self._tell()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._running -= 1  # it had just been let in
            else:
                self._waiting = deque(entry for entry in self._waiting if entry[1] is not place)
            self._let_in()
            raise
        finally:
            tail.ahead = None
            tail.wake()

    def _free(self) -> bool:
        return not self.at_once or self._running < self.at_once

    def _let_in(self) -> None:
        while self._waiting and self._free():
            _, place = self._waiting.popleft()
            if not place.done():
                self._running += 1
                place.set_result(None)
        self._tell()

    def _tell(self) -> None:
        for ahead, (tail, _) in enumerate(self._waiting):
            if tail.ahead != ahead:
                tail.ahead = ahead
                tail.wake()
