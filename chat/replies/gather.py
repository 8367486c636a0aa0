"""The committed text of replies that run elsewhere, read from the database for all of them at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from django.db import DatabaseError, connections
from django.db.models import Q

from chat.models import OPEN_STATES, Reply, ReplyChunk
from chat.replies.live import Tail

LOOK = 0.5  # s between looks at the database, while anything is followed


class Gatherer:
    """One query a look for all replies that are followed here, none when nothing is."""

    def __init__(self, loop: asyncio.AbstractEventLoop, thread: ThreadPoolExecutor) -> None:
        self._loop = loop
        self._tails: dict[int, Tail] = {}
        self._readers: Counter[int] = Counter()
        self._thread = thread
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def tail(self, reply_id: int) -> AsyncIterator[Tail]:
        """The reply's tail, with what is committed by now, for as long as the block runs."""
        new = reply_id not in self._tails
        tail = self._tails.setdefault(reply_id, Tail(reply_id))
        self._readers[reply_id] += 1
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._gather(), name="gatherer")
        try:
            if new:
                await self._gather_once()
            yield tail
        finally:
            self._readers[reply_id] -= 1
            if not self._readers[reply_id]:
                del self._readers[reply_id]
                self._tails.pop(reply_id, None)

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _gather(self) -> None:
        while self._tails:
            await self._gather_once()
            await asyncio.sleep(LOOK)
            if not self._tails:
                await self._loop.run_in_executor(self._thread, connections.close_all)

    async def _gather_once(self) -> None:
        known = {reply_id: len(tail.text) for reply_id, tail in self._tails.items()}
        texts, still_open = await self._loop.run_in_executor(self._thread, _look, known)
        for reply_id, length in known.items():
            tail = self._tails.get(reply_id)
            if tail is None or len(tail.text) != length:
                continue
            for text in texts.get(reply_id, ()):
                tail.append(text)
            tail.ended = reply_id not in still_open
            if tail.ended or reply_id in texts:
                tail.wake()


def _look(known: dict[int, int]) -> tuple[dict[int, list[str]], set[int]]:
    """The text behind the lengths that are known, and which of the replies are still open."""
    try:
        still_open = set(
            Reply.objects.filter(pk__in=known, state__in=OPEN_STATES).values_list("pk", flat=True)
        )
        behind = Q()
        for reply_id, length in known.items():
            behind |= Q(reply_id=reply_id, start__gte=length)
        texts: dict[int, list[str]] = {}
        chunks = ReplyChunk.objects.filter(behind).order_by("reply_id", "start")
        for reply_id, text in chunks.values_list("reply_id", "text"):
            texts.setdefault(reply_id, []).append(text)
        return texts, still_open
    except DatabaseError:
        connections.close_all()
        return {}, set(known)
