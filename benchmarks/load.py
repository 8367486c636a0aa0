"""The load: many replies at once, asked for and read as a browser does, from one event loop."""

import asyncio
import time
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp

from benchmarks.processes import Process
from benchmarks.sides import Side
from benchmarks.text import FIRST_WORD

LATEST = 4096  # bytes of a stream that are kept to look for its first word and its end


@dataclass
class Seen:
    """One reply: seconds from the form to the first text; bytes with HTTP's framing."""

    first_text: float = float("inf")
    received: int = 0
    whole: bool = False


@dataclass
class Phase:
    """All replies of one phase; the window is the time during which every one of them was being written."""

    side: Side
    streams: int
    seen: list[Seen] = field(default_factory=list)
    cpu: float = 0.0  # s of the worker, over the whole phase
    window: float = 0.0  # s
    window_cpu: float = 0.0
    peak: float = 0.0  # MB
    _begun: int = 0
    _mark: tuple[float, float] = (0.0, 0.0)

    @property
    def broken(self) -> int:
        return sum(not seen.whole for seen in self.seen)

    def one_begins(self) -> None:
        self._begun += 1
        if self._begun == self.streams:
            self._mark = time.monotonic(), self.side.worker.cpu()

    def one_ends(self) -> None:
        if self._begun == self.streams and not self.window:
            began, cpu = self._mark
            self.window, self.window_cpu = time.monotonic() - began, self.side.worker.cpu() - cpu


async def run(side: Side, text: str, *, streams: int, sends_a_second: float) -> Phase:
    """So many replies that say `text`, begun one after the other."""
    phase = Phase(side, streams)
    worker: Process = side.worker
    worker.forget_peak()
    before = worker.cpu()
    timeout = aiohttp.ClientTimeout(total=300)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as http:

        async def one(number: int) -> Seen:
            await asyncio.sleep(number / sends_a_second)
            return await _follow(phase, http, text, number)

        phase.seen = await asyncio.gather(*[one(number) for number in range(streams)])
    phase.cpu = worker.cpu() - before
    phase.peak = worker.peak()
    return phase


async def _follow(phase: Phase, http: aiohttp.ClientSession, text: str, number: int) -> Seen:
    seen, sent, latest = Seen(), time.monotonic(), b""
    try:
        async with phase.side.ask(http, text, number) as response:
            response.raise_for_status()
            async for block, received in _blocks(response):
                seen.received += received
                latest = (latest + block)[-LATEST:]
                if seen.first_text == float("inf") and FIRST_WORD.encode() in latest:
                    seen.first_text = time.monotonic() - sent
                    phase.one_begins()
    except (aiohttp.ClientError, TimeoutError) as error:
        print(f"{phase.side.name}, reply {number}: {error!r}")
    phase.one_ends()
    seen.whole = latest.endswith(phase.side.ending)
    return seen


async def _blocks(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[bytes, int]]:
    """What was sent, decompressed, and the bytes that it took with the framing of HTTP's chunks."""
    inflate = zlib.decompressobj(31) if response.headers.get("Content-Encoding") == "gzip" else None
    size = 0
    async for block, is_end_of_chunk in response.content.iter_chunks():
        size += len(block)
        framing = 0
        if is_end_of_chunk:
            framing, size = len(f"{size:x}") + 4, 0
        yield inflate.decompress(block) if inflate else block, len(block) + framing
