"""One open answer of a provider: its body read under a deadline, streamed or whole."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace
from time import monotonic

import httpx

from chat.llm.connection import NETWORK_ERRORS, explain
from chat.llm.errors import BadAnswer, BrokenStream, ModelError, TimedOut, TooLarge
from chat.llm.reading import MOST_TEXT, Reading
from chat.llm.refusal import parse_error
from chat.llm.sse import MIB
from chat.llm.text import word
from chat.llm.types import Chunk, Usage
from chat.llm.usage import parse_cost_headers
from chat.llm.wire import parse_completion

LONGEST_BODY = 8 * MIB
LONGEST_ERROR = 64 * 1024
ERROR_BODY_SECONDS = 5.0
AFTER_FINISH_SECONDS = 5.0
AFTER_DONE_SECONDS = 0.1


class Answer:
    """The answer to one request, from its headers on.

    `deadline` is in seconds of the monotonic clock; `idle` is how many seconds of silence `response` bears.
    Whoever holds it closes it, and only one of its bodies may be read, once. Every failure is a ModelError
    without `api_key` in its detail.
    """

    def __init__(self, response: httpx.Response, *, deadline: float, idle: float, api_key: str) -> None:
        self._response = response
        self._blocks = response.aiter_raw()
        self._deadline = deadline
        self._idle = idle
        self._api_key = api_key
        self._upstream_id = word(response.headers.get("x-inference-id"))

    async def close(self) -> None:
        """Give the connection back after a whole body, otherwise close it at once."""
        with suppress(*NETWORK_ERRORS):
            await self._response.aclose()

    async def check(self, model: str) -> None:
        """Raise what the status and the headers alone tell: a refusal, or that this is no answer."""
        if not self._response.is_success:
            raise await self._refusal(model)
        if self._is_compressed():
            raise BadAnswer("the answer is compressed, though identity was asked for")
        if self._content_type() == "text/html":
            raise BadAnswer("the answer is an HTML page")

    async def batches(self, *, keep: bool = False) -> AsyncGenerator[list[Chunk]]:
        """The chunks of each network read; see Client.stream."""
        if self._upstream_id:
            yield [Chunk(upstream_id=self._upstream_id)]
        if self._is_json():
            whole = await self.completion(keep=keep)
            yield [whole]
            if whole.finish_reason is None:
                raise BrokenStream("a completion without a finish reason")
            return
        reading = Reading(keep=keep)
        while not reading.ended:
            if chunks := await self._step(reading):
                yield chunks
        if reading.failure is not None:
            raise reading.failure.hiding(self._api_key)
        await self._drain()

    async def completion(self, *, keep: bool = False) -> Chunk:
        """The answer that came whole."""
        if not self._is_json():
            raise BadAnswer(f"a completion was asked for, but {self._content_type() or 'nothing'} came")
        try:
            chunk = parse_completion(await self.body(LONGEST_BODY), keep=keep)
        except ModelError as error:
            raise error.hiding(self._api_key) from None
        if len(chunk.text.encode()) > MOST_TEXT:
            raise TooLarge(f"an answer of more than {MOST_TEXT} bytes of text")
        usage = chunk.usage or Usage()
        if usage.cost_nano_usd is None and (cost := parse_cost_headers(self._response.headers)) is not None:
            chunk = replace(chunk, usage=replace(usage, cost_nano_usd=cost))
        return replace(chunk, upstream_id=self._upstream_id or chunk.upstream_id)

    async def body(self, longest: int) -> bytes:
        """The whole body; raises TooLarge above `longest` bytes."""
        body = bytearray()
        while block := await self._read(self._deadline):
            body += block
            if len(body) > longest:
                raise TooLarge(f"a body of more than {longest} bytes")
        return bytes(body)

    async def _step(self, reading: Reading) -> list[Chunk]:
        """The chunks of the next read; after a finish reason the usage and end mark get a short wait."""
        if not reading.finished:
            block = await self._read(self._deadline)
        else:
            try:
                block = await self._read(self._deadline)
            except (BrokenStream, TimedOut):
                block = b""
        finished_before = reading.finished
        chunks = reading.feed(block) if block else reading.close()
        if reading.finished and not finished_before:
            self._deadline = min(self._deadline, monotonic() + AFTER_FINISH_SECONDS)
        return chunks

    async def _read(self, deadline: float) -> bytes:
        """The next bytes; empty at the end of the body."""
        left = deadline - monotonic()
        try:
            if left > self._idle:  # silence ends first, and a timer for each read would cost 5 µs
                return await anext(self._blocks, b"")
            async with asyncio.timeout(left):
                return await anext(self._blocks, b"")
        except NETWORK_ERRORS as error:
            raise explain(error, answered=True).hiding(self._api_key) from None

    async def _drain(self) -> None:
        """Take the end of the body if it is there already, so that the connection can serve again."""
        with suppress(ModelError):
            await self._read(monotonic() + AFTER_DONE_SECONDS)

    async def _refusal(self, model: str) -> ModelError:
        body = b""
        if not self._is_compressed():
            self._deadline = min(self._deadline, monotonic() + ERROR_BODY_SECONDS)
            with suppress(ModelError):  # the status says enough
                body = await self.body(LONGEST_ERROR)
        error = parse_error(self._response.status_code, body, self._response.headers, model=model)
        return error.hiding(self._api_key)

    def _content_type(self) -> str:
        value: str = self._response.headers.get("content-type", "")
        return value.partition(";")[0].strip().lower()

    def _is_json(self) -> bool:
        kind = self._content_type()
        return kind == "application/json" or kind.endswith("+json")

    def _is_compressed(self) -> bool:
        return self._response.headers.get("content-encoding", "").strip().lower() not in ("", "identity")
