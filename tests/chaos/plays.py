"""What the upstream plays in a run: answers that note each delta before it goes out, one book for all talks."""

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.upstream import Gate, Play, Record
from tests.upstream.answers import Ending
from tests.upstream.events import MODEL, UPSTREAM_ID
from tests.upstream.plays import EVENT_STREAM, Wire

TAG = re.compile(r"\[(t-[0-9a-z-]+)\]")


@dataclass(frozen=True)
class Delta:
    """A piece of the answer: what a reader makes of it, and, if it is odd, how it is spelled on the wire."""

    text: str
    spelled: bytes = b""  # the JSON string, with its quotes

    @property
    def content(self) -> bytes:
        return self.spelled or json.dumps(self.text, ensure_ascii=False).encode()


Framing = Callable[[bytes], tuple[bytes, ...]]  # from the JSON of an event to the writes that carry it


def plain(body: bytes) -> tuple[bytes, ...]:
    return (b"data: " + body + b"\n\n",)


@dataclass(frozen=True)
class Told:
    """A streamed answer. A gate or ending stands before the delta of its number, from -1: before the headers.

    `usage` is what may be believed of it; `usage_sent`, if given, is what is really written.
    """

    deltas: tuple[Delta, ...]
    pause: float = 0.0  # s between deltas
    gates: tuple[Gate, ...] = ()
    ending: Ending | None = None
    finish: str = "stop"
    usage: tuple[int, int] | None = (11, 22)
    usage_sent: Any = ...
    framing: Framing = plain

    @property
    def text(self) -> str:
        return "".join(delta.text for delta in self.deltas)

    async def perform(self, wire: Wire, record: Record) -> None:
        if await self._turn(-1, wire):
            return
        await wire.head(200, EVENT_STREAM)
        for number, delta in enumerate(self.deltas):
            if await self._turn(number, wire):
                return
            record.deltas.append(delta.text)  # first: what the other side stores is never ahead of this
            await self._write(
                wire, b'{"index":0,"delta":{"content":%b},"finish_reason":null}' % delta.content
            )
            await asyncio.sleep(self.pause)
        if await self._turn(len(self.deltas), wire):
            return
        record.finish, record.usage = self.finish, self.usage
        await self._write(wire, b'{"index":0,"delta":{},"finish_reason":"%b"}' % self.finish.encode())
        if self.usage_sent is not None:
            await self._write(wire, b"", {"usage": self._usage()})
        await wire.body(b"data: [DONE]\n\n")
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

    def _usage(self) -> Any:
        if self.usage_sent is not ...:
            return self.usage_sent
        assert self.usage is not None
        prompt, completion = self.usage
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}

    async def _write(self, wire: Wire, choice: bytes, more: dict[str, Any] | None = None) -> None:
        head = json.dumps({"id": UPSTREAM_ID, "model": MODEL, **(more or {})}).encode()
        for piece in self.framing(head[:-1] + b',"choices":[%b]}' % choice):
            await wire.body(piece)


class Book:
    """The plays of every talk, by the tag in its messages; a request too many gets an answer that tells."""

    def __init__(self) -> None:
        self._plays: dict[str, deque[Play]] = {}

    def write(self, tag: str, *plays: Play) -> None:
        """What the next requests of this talk get."""
        self._plays.setdefault(tag, deque()).extend(plays)

    def play_for(self, record: Record) -> Play:
        plays = self._plays.get(tag_of(record))
        return plays.popleft() if plays else Told((Delta("An answer that nobody should have asked for."),))


def tag_of(record: Record) -> str:
    """The talk that a request belongs to: the newest tag in its messages."""
    messages = record.body.get("messages", []) if isinstance(record.body, dict) else []
    tags = [tag for message in messages for tag in TAG.findall(str(message.get("content")))]
    return tags[-1] if tags else ""
