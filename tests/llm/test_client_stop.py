"""Stop: the upstream connection closes within half a second."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chat.llm import (
    Client,
)
from tests.llm.asking import HELLO, Heard, listen, with_client
from tests.upstream import (
    Answer,
    Gate,
    Upstream,
)


class TestStop:
    """The upstream connection closes within half a second."""

    @pytest.mark.parametrize("at", [-1, 0, 2])
    def test_by_cancelling_the_consumer(self, upstream: Upstream, at: int) -> None:
        gate = Gate(at)
        upstream.play(Answer("one two three", gates=(gate,)))

        async def stop(client: Client) -> float:
            task = asyncio.create_task(listen(client, Heard()))
            assert await asyncio.to_thread(gate.reached.wait, 10)
            began = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return began

        self.check(upstream, with_client(upstream.url, stop_and_wait(upstream, stop)))

    def test_by_leaving_the_block(self, upstream: Upstream) -> None:
        gate = Gate(2)
        upstream.play(Answer("one two three", gates=(gate,)))

        async def leave(client: Client) -> float:
            async with client.stream(HELLO, request_id="call-1") as batches:
                await anext(batches)
                return time.monotonic()

        self.check(upstream, with_client(upstream.url, stop_and_wait(upstream, leave)))

    def test_by_an_error_of_the_consumer_which_stays_its_own(self, upstream: Upstream) -> None:
        upstream.play(Answer("one two three", gates=(Gate(2),)))

        async def fail(client: Client) -> float:
            began = 0.0
            with pytest.raises(TimeoutError, match="mine"):
                async with client.stream(HELLO, request_id="call-1") as batches:
                    async for _ in batches:
                        began = time.monotonic()
                        raise TimeoutError("mine")
            return began

        self.check(upstream, with_client(upstream.url, stop_and_wait(upstream, fail)))

    def test_while_the_upstream_speaks_without_a_pause(self, upstream: Upstream) -> None:
        upstream.play(Answer(itertools.repeat("x")))

        async def leave(client: Client) -> float:
            async with client.stream(HELLO, request_id="call-1") as batches:
                await anext(batches)
                return time.monotonic()

        self.check(upstream, with_client(upstream.url, stop_and_wait(upstream, leave)))

    def check(self, upstream: Upstream, began: float) -> None:
        closed_at = upstream.record().closed_at
        assert closed_at is not None
        assert closed_at - began < 0.5


def stop_and_wait(upstream: Upstream, verb: Callable[[Client], Awaitable[float]]) -> Any:
    """The verb, and then a wait for the hang-up while the client itself is still open."""

    async def run(client: Client) -> float:
        began = await verb(client)
        assert await asyncio.to_thread(upstream.record().closed.wait, 5)
        return began

    return run
