"""What the scripted upstream can play: one frozen dataclass a kind of answer but the streamed one."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.upstream.events import MODEL, UPSTREAM_ID, usage_of
from tests.upstream.journal import Record

EVENT_STREAM = {"Content-Type": "text/event-stream; charset=utf-8"}


class Wire(Protocol):
    """The connection as a play sees it."""

    async def head(self, status: int, headers: Mapping[str, str]) -> None: ...
    async def body(self, data: bytes) -> None: ...
    async def end(self) -> None: ...
    async def raw(self, data: bytes) -> None: ...
    def cut(self) -> None: ...
    def reset(self) -> None: ...


class Play(Protocol):
    async def perform(self, wire: Wire, record: Record) -> None: ...


@dataclass(frozen=True)
class Stream:
    """A 200 event stream of exactly these pieces, each one write; `pause` seconds stand between them."""

    pieces: tuple[bytes, ...]
    pause: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    clean: bool = True

    async def perform(self, wire: Wire, record: Record) -> None:
        await wire.head(200, {**EVENT_STREAM, **self.headers})
        for number, piece in enumerate(self.pieces):
            if number:
                await asyncio.sleep(self.pause)
            await wire.body(piece)
        await wire.end() if self.clean else wire.cut()


@dataclass(frozen=True)
class Status:
    """A whole answer with this status; `body` is text, bytes, or something to send as JSON."""

    status: int = 500
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    async def perform(self, wire: Wire, record: Record) -> None:
        body = {"error": {"message": "a scripted error"}} if self.body is None else self.body
        kind = {"Content-Type": "text/plain" if isinstance(body, str | bytes) else "application/json"}
        if not isinstance(body, str | bytes):
            body = json.dumps(body)
        data = body.encode() if isinstance(body, str) else body
        await wire.head(self.status, {**kind, "Content-Length": str(len(data)), **self.headers})
        await wire.body(data)
        await wire.end()


@dataclass(frozen=True)
class Html:
    """A page with 200, as a captive portal or a wrong address gives."""

    page: str = "<!doctype html><title>Welcome</title><script>alert(1)</script>"

    async def perform(self, wire: Wire, record: Record) -> None:
        await Status(200, self.page, {"Content-Type": "text/html; charset=utf-8"}).perform(wire, record)


@dataclass(frozen=True)
class Completion:
    """A JSON completion, streamed or not asked for."""

    text: str = "Hello! How can I help you today?"
    usage: tuple[int, int] | None = (2, 9)
    finish: str | None = "stop"
    meta: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    async def perform(self, wire: Wire, record: Record) -> None:
        message = {"role": "assistant", "content": self.text, "refusal": None}
        body: dict[str, Any] = {
            "id": UPSTREAM_ID,
            "object": "chat.completion",
            "choices": [{"index": 0, "finish_reason": self.finish, "logprobs": None, "message": message}],
            "model": MODEL,
        }
        if self.usage is not None:
            body["usage"] = usage_of(self.usage)
        if self.meta is not None:
            body["meta"] = self.meta
        record.deltas.append(self.text)
        record.usage, record.finish = self.usage, self.finish
        await Status(200, body, self.headers).perform(wire, record)


@dataclass(frozen=True)
class Raw:
    """These bytes in place of an HTTP answer, then the end of the connection."""

    data: bytes

    async def perform(self, wire: Wire, record: Record) -> None:
        await wire.raw(self.data)
        wire.cut()
