"""Asking the scripted upstream, and what was heard."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from chat.llm import (
    ChatMessage,
    ChatRequest,
    Chunk,
    Client,
    Endpoint,
    ModelError,
    Usage,
)
from tests.upstream import (
    Play,
    Upstream,
    event,
)

KEY = "sk-parley-0123456789"
HELLO = ChatRequest("mistralai/mistral-tiny", (ChatMessage("user", "Hello"),))
FINISH = event({"delta": {}, "finish_reason": "stop"})
DONE = b"data: [DONE]\n\n"
MIB = 1024 * 1024


@dataclass
class Heard:
    """What a consumer got from one answer."""

    chunks: list[Chunk] = field(default_factory=list)
    error: ModelError | None = None

    @property
    def text(self) -> str:
        return "".join(chunk.text for chunk in self.chunks)

    @property
    def finish(self) -> str | None:
        return next((chunk.finish_reason for chunk in reversed(self.chunks) if chunk.finish_reason), None)

    @property
    def usage(self) -> Usage | None:
        return next((chunk.usage for chunk in reversed(self.chunks) if chunk.usage), None)

    @property
    def upstream_id(self) -> str | None:
        return next((chunk.upstream_id for chunk in self.chunks if chunk.upstream_id), None)


async def listen(client: Client, heard: Heard, request: ChatRequest = HELLO) -> Heard:
    try:
        async with client.stream(request, request_id="call-1") as batches:
            async for chunks in batches:
                assert chunks
                heard.chunks += chunks
    except ModelError as error:
        heard.error = error
    return heard


def with_client(url: str, verb: Callable[[Client], Awaitable[Any]], **seconds: float) -> Any:
    async def run() -> Any:
        client = Client(Endpoint(url, KEY), **seconds)
        try:
            return await verb(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


def ask(upstream: Upstream, play: Play | None = None, **seconds: float) -> Heard:
    """Ask once, of what is played or of what is queued already."""
    if play is not None:
        upstream.play(play)
    return with_client(upstream.url, lambda client: listen(client, Heard()), **seconds)
