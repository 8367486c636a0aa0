"""The client of one model endpoint: streamed answers, whole answers and the list of models."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Collection
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from time import monotonic

import orjson

from chat.llm.amounts import Unclear
from chat.llm.answer import LONGEST_BODY, Answer
from chat.llm.connection import NETWORK_ERRORS, explain, open_pool
from chat.llm.errors import ModelError
from chat.llm.prices import Rates, parse_prices
from chat.llm.text import word
from chat.llm.types import ChatRequest, Chunk, Endpoint
from chat.llm.wire import render_request

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class Client:
    """One pool of connections to one endpoint; make it, use it and close it in one event loop.

    Seconds: `connect` to connect, `idle` without a byte, `total` for one answer from the request on.
    Any number of answers may run at once. Every failure is a ModelError that does not hold the key.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        connect: float = 5.0,
        idle: float = 60.0,
        total: float = 600.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._idle = idle
        self._total = total
        self._http = open_pool(connect=connect, idle=idle, tls=tls)
        if endpoint.api_key:
            self._http.headers["Authorization"] = f"Bearer {endpoint.api_key}"

    async def aclose(self) -> None:
        """Close every connection, also those of answers that still run."""
        await self._http.aclose()

    @asynccontextmanager
    async def stream(
        self, request: ChatRequest, *, request_id: str, keep: bool = False
    ) -> AsyncIterator[AsyncIterator[list[Chunk]]]:
        """Ask, and give the answer as it comes: one list of chunks, never empty, for each network read.

            async with client.stream(request, request_id="call-91") as batches:
                async for chunks in batches: ...

        Entering waits for the answer's headers and raises when it is refused. Iterating raises what
        breaks the answer off, after all that came before it; a plain end means that there was a finish
        reason. Leaving the block, by its end, an exception or a cancellation, closes the upstream
        connection at once if the answer still runs. A JSON completion in place of a stream is given as
        one chunk. With `keep` every chunk has what was `said`.
        """
        async with (
            self._ask(replace(request, stream=True), request_id) as answer,
            aclosing(answer.batches(keep=keep)) as batches,
        ):
            yield batches

    async def complete(self, request: ChatRequest, *, request_id: str, keep: bool = False) -> Chunk:
        """Ask without streaming and give the whole answer; its finish reason may be missing."""
        async with self._ask(replace(request, stream=False), request_id) as answer:
            return await answer.completion(keep=keep)

    async def models(self) -> tuple[str, ...]:
        """The ids of the models on offer, in the provider's order; empty when it does not tell."""
        try:
            async with self._open("GET", "models", {}) as answer:
                await answer.check(model="")
                return _model_ids(await answer.body(LONGEST_BODY))
        except ModelError:
            return ()

    async def prices(self, models: Collection[str]) -> dict[str, Rates | Unclear]:
        """Of those that are listed, see `parse_prices`."""
        async with self._open("GET", "models?include=pricing", {}) as answer:
            await answer.check(model="")
            return parse_prices(await answer.body(LONGEST_BODY), models)

    @asynccontextmanager
    async def _ask(self, request: ChatRequest, request_id: str) -> AsyncIterator[Answer]:
        """Send the request; the answer has 2xx and may be read."""
        if not _REQUEST_ID.fullmatch(request_id):
            raise ValueError("A request id has 1 to 128 characters of A-Z a-z 0-9 . _ : -")
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream" if request.stream else "application/json",
            "X-Client-Request-Id": request_id,
        }
        async with self._open("POST", "chat/completions", headers, render_request(request)) as answer:
            await answer.check(model=request.model)
            yield answer

    @asynccontextmanager
    async def _open(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> AsyncIterator[Answer]:
        deadline = monotonic() + self._total
        url = f"{self._endpoint.base_url}/{path}"
        try:
            request = self._http.build_request(method, url, content=body, headers=headers)
            async with asyncio.timeout(self._total):
                response = await self._http.send(request, stream=True)
        except NETWORK_ERRORS as error:
            raise explain(error, answered=False).hiding(self._endpoint.api_key) from None
        answer = Answer(response, deadline=deadline, idle=self._idle, api_key=self._endpoint.api_key)
        try:
            yield answer
        finally:
            await answer.close()


def _model_ids(body: bytes) -> tuple[str, ...]:
    try:
        listed = orjson.loads(body)["data"]
        ids = [word(model["id"]) for model in listed]
    except (ValueError, TypeError, KeyError):
        return ()
    return tuple(dict.fromkeys(found for found in ids if found))
