"""What a process must learn of the others, read from the database whenever somebody has committed."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from django.db import Error, connections

from chat.models import OPEN_STATES, Reply, ReplyChunk, ReplyState
from chat.replies.live import Cut, LiveReply, Tail
from chat.replies.turns import Turns, turns_now
from chat.replies.waking import Waking

log = logging.getLogger(__name__)

APART = 0.1  # s between two looks at the least; a reader gets at most ten frames a second anyway
UNWOKEN = 2.0  # s after which one looks all the same


@dataclass
class Seen:
    """What one look found."""

    texts: dict[int, list[tuple[int, str]]] = field(default_factory=dict)  # by reply: (start, text)
    states: dict[int, str | None] = field(default_factory=dict)  # of the followed replies; None: it is gone
    to_stop: frozenset[int] = frozenset()
    turns: Turns | None = None  # None while nobody waits for one


class Looks:
    """Few queries a look, however many replies run or are followed here; none while there are none."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        thread: ThreadPoolExecutor,
        waking: Waking,
        live: Mapping[int, LiveReply],
    ) -> None:
        self._loop = loop
        self._thread = thread
        self._waking = waking
        self._live = live
        self._tails: dict[int, Tail] = {}
        self._readers: Counter[int] = Counter()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def begin(self) -> None:
        """From now on there is something to look for: a reply that runs or is followed here."""
        if not self._closed and (self._task is None or self._task.done()):
            self._task = self._loop.create_task(self._go_on(), name="looks")

    @asynccontextmanager
    async def tail(self, reply_id: int) -> AsyncIterator[Tail]:
        """The tail of a reply that runs elsewhere, with what is committed by now, while the block runs."""
        tail = self._tails.get(reply_id)
        if tail is None or tail.ended:  # one that ended may be continued
            tail = self._tails[reply_id] = Tail(reply_id)
        self._readers[reply_id] += 1
        try:
            while not tail.is_known:
                await self._look({reply_id: tail})
                if not tail.is_known:
                    await asyncio.sleep(UNWOKEN)
            self.begin()
            yield tail
        finally:
            self._readers[reply_id] -= 1
            if not self._readers[reply_id]:
                del self._readers[reply_id]
                self._tails.pop(reply_id, None)

    async def close(self) -> None:
        self._closed = True
        if self._task is not None:
            self._task.cancel()
        await self._waking.close()

    async def _go_on(self) -> None:
        while self._tails or self._live:
            looked_at = self._loop.time()
            try:
                await self._look(self._tails)
            except Exception:
                log.exception("A look at the database failed")
            await self._waking.wait(UNWOKEN)
            await asyncio.sleep(looked_at + APART - self._loop.time())
            if not (self._tails or self._live):
                await self._waking.close()
                await self._loop.run_in_executor(self._thread, connections.close_all)

    async def _look(self, tails: Mapping[int, Tail]) -> None:
        lengths = {reply_id: tail.length for reply_id, tail in tails.items()}
        waits = any(live.waits for live in self._live.values())
        seen = await self._loop.run_in_executor(self._thread, _read, lengths, bool(self._live), waits)
        if seen is None:
            return
        for reply_id, tail in dict(tails).items():
            if reply_id in seen.states:
                _show(tail, seen)
        for reply_id in seen.to_stop:
            if live := self._live.get(reply_id):
                live.cut_short(Cut.STOPPED)
        if seen.turns is not None:
            for live in self._live.values():
                live.hear(seen.turns)


def _show(tail: Tail, seen: Seen) -> None:
    tail.is_known = True
    before = (tail.length, tail.ahead, tail.ended)
    for start, text in seen.texts.get(tail.reply_id, ()):
        if start <= tail.length:  # Continue's first chunk; another look may have been faster
            tail.append(text[tail.length - start :])
    tail.ended = seen.states[tail.reply_id] not in OPEN_STATES
    tail.ahead = seen.turns.ahead.get(tail.reply_id) if seen.turns else None
    if (tail.length, tail.ahead, tail.ended) != before:
        tail.wake()


def _read(lengths: Mapping[int, int], runs: bool, waits: bool) -> Seen | None:
    """None when the database does not answer."""
    seen = Seen()
    try:
        for reply_id, state, start, text in ReplyChunk.objects.all().behind(lengths):
            seen.states[reply_id] = state
            if start is not None and text is not None:
                seen.texts.setdefault(reply_id, []).append((start, text))
        if runs:
            seen.to_stop = frozenset(Reply.objects.all().stop_requested().values_list("pk", flat=True))
        if waits or ReplyState.QUEUED in seen.states.values():
            seen.turns = turns_now()
    except Error:
        connections.close_all()
        return None
    return seen
