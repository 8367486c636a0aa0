"""A streamed answer, the gates at which it waits for the test, and the ways in which it breaks off."""

import asyncio
import concurrent.futures
import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tests.upstream.events import MODEL, event, usage_event
from tests.upstream.journal import Record
from tests.upstream.plays import EVENT_STREAM, Wire


class Gate:
    """Holds an answer before its delta number `at` (from 0) until `release`; -1 is before the headers.

    `reached` is set once the answer stands at the gate and everything before it is written.
    """

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.reached = threading.Event()
        self._open: concurrent.futures.Future[None] = concurrent.futures.Future()

    def release(self) -> None:
        """Let the answer go on; also before it has come, and from any thread."""
        if not self._open.done():
            self._open.set_result(None)

    async def wait(self) -> None:
        self.reached.set()
        await asyncio.shield(asyncio.wrap_future(self._open))


class Ending(Protocol):
    """How an answer breaks off after `after` deltas."""

    after: int

    async def act(self, wire: Wire) -> None: ...


@dataclass(frozen=True)
class Cut:
    """Ends after `after` deltas, without a finish reason: a clean end of file, or in mid-body."""

    after: int = 0
    clean: bool = True

    async def act(self, wire: Wire) -> None:
        await wire.end() if self.clean else wire.cut()


@dataclass(frozen=True)
class Reset:
    """Resets the connection (RST) after `after` deltas; -1 is before the headers."""

    after: int = 0

    async def act(self, wire: Wire) -> None:
        wire.reset()


@dataclass(frozen=True)
class Silence:
    """Says nothing more after `after` deltas, until the client hangs up; -1 is before the headers."""

    after: int = 0

    async def act(self, wire: Wire) -> None:
        await asyncio.Event().wait()


@dataclass(frozen=True)
class Answer:
    """A streamed answer: `text` is cut into words, or is the deltas themselves (also an endless generator).

    `delay` is in seconds from one delta to the next, on an absolute clock. `usage` is (prompt,
    completion) tokens; by default an estimate and the number of deltas; None sends none.
    """

    text: str | Iterable[str] = "Hello! How can I help you today?"
    delay: float = 0.0
    usage: tuple[int, int] | None = (-1, -1)
    cost_usd: float | None = None
    finish: str | None = "stop"
    done: bool = True
    model: str = MODEL
    headers: Mapping[str, str] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()
    ending: Ending | None = None

    async def perform(self, wire: Wire, record: Record) -> None:
        if await self._turn(-1, wire):
            return
        await wire.head(200, {**EVENT_STREAM, **self.headers})
        clock = asyncio.get_running_loop().time
        began = clock()
        number = -1
        for number, delta in enumerate(deltas_of(self.text)):
            if await self._turn(number, wire):
                return
            await wire.body(event({"delta": self._delta(number, delta), "finish_reason": None}, self.model))
            record.deltas.append(delta)
            if self.delay:
                await asyncio.sleep(began + (number + 1) * self.delay - clock())
        if await self._turn(number + 1, wire):
            return
        await wire.body(self._tail(record))
        await wire.end()

    async def _turn(self, number: int, wire: Wire) -> bool:
        """Wait at the gate of this delta; true when the answer has broken off here."""
        for gate in self.gates:
            if gate.at == number:
                await gate.wait()
        if self.ending is not None and self.ending.after == number:
            await self.ending.act(wire)
            return True
        return False

    def _delta(self, number: int, delta: str) -> dict[str, str]:
        return {"role": "assistant", "content": delta} if number == 0 else {"content": delta}

    def _tail(self, record: Record) -> bytes:
        tail = b""
        if self.finish is not None:
            tail += event({"delta": {}, "finish_reason": self.finish}, self.model)
            record.finish = self.finish
        if self.usage is not None:
            estimate = (max(1, len(json.dumps(record.body)) // 4), len(record.deltas))
            record.usage = estimate if self.usage == (-1, -1) else self.usage
            tail += usage_event(record.usage, self.model, self.cost_usd)
        return tail + (b"data: [DONE]\n\n" if self.done else b"")


def deltas_of(text: str | Iterable[str]) -> Iterable[str]:
    """A text as words that keep their spaces; anything else is its own deltas."""
    if not isinstance(text, str):
        return text
    words = text.split(" ")
    return [word + " " for word in words[:-1]] + ([words[-1]] if words[-1] else [])
