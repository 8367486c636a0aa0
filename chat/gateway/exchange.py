"""One API request under way: what the model says waits in a short queue until the client takes it."""

import asyncio
from collections import deque
from enum import Enum
from uuid import uuid4

from chat.gateway.asked import Asked
from chat.gateway.errors import Refusal
from chat.gateway.ledger import Opened, Room
from chat.llm import Chunk
from chat.models import ApiKey
from chat.usage import Attempt

MOST_WAITING = 64  # network reads that a slow client has not taken yet
SLOW = 60.0  # s for which a full queue waits for the client


class Cut(Enum):
    """Why an exchange ends before the model does."""

    HUNG_UP = "client_gone"
    SLOW = "client_too_slow"
    STOPPED = "stopped_by_staff"
    REVOKED = "key_revoked"
    ENDING = "process_ended"


class Exchange:
    """Used in one event loop: `put` and `end` by the task that asks, everything else by who answers the client."""

    def __init__(self, key: ApiKey, asked: Asked) -> None:
        self.key = key
        self.asked = asked
        self.request_id = str(uuid4())  # of the attempt that answers, once there is one
        self.room: Room | None = None
        self.row: Opened | None = None  # the open one in the ledger
        self.attempt = Attempt()
        self.characters = 0  # that the model wrote
        self.usage: tuple[int, int] | None = None  # tokens of prompt and answer, once it is over
        self.why: Cut | None = None
        self.over = False
        self.task: asyncio.Task[None] | None = None
        self._refusal: Refusal | None = None
        self._waiting: deque[list[Chunk]] = deque()
        self._news = asyncio.Event()
        self._places = asyncio.Semaphore(MOST_WAITING)

    async def take(self) -> list[Chunk]:
        """What was said next; empty at the good end. Raises Refusal at any other."""
        while not self._waiting:
            if self.over:
                if self._refusal is not None:
                    raise self._refusal
                return []
            self._news.clear()
            await self._news.wait()
        self._places.release()
        return self._waiting.popleft()

    def cut(self, why: Cut) -> None:
        """End it before the model does; nothing happens where it has ended."""
        if self.why is None and not self.over:
            self.why = why
            if self.task is not None:
                self.task.cancel()

    async def put(self, chunks: list[Chunk]) -> None:
        """Waits for a client that is slow, but not for ever."""
        if self._places.locked():
            try:
                async with asyncio.timeout(SLOW):
                    await self._places.acquire()
            except TimeoutError:
                self.cut(Cut.SLOW)
                raise asyncio.CancelledError from None
        else:
            await self._places.acquire()
        self._waiting.append(chunks)
        self._news.set()

    def end(self, refusal: Refusal | None) -> None:
        self.over = True
        self._refusal = refusal
        self._news.set()
