"""The scripted upstream itself: a real HTTP/1.1 server that plays what tests queue, and keeps a journal."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.upstream.connection import Connection, Reader
from tests.upstream.events import MODEL
from tests.upstream.journal import Record
from tests.upstream.plays import Play, Status
from tests.upstream.steering import steered

WAIT = 10.0


class Upstream:
    """Plays for each chat request the next thing queued, or `default` when nothing is.

    `play` and the journal (`records`, chat requests only) may be used from any thread.
    """

    def __init__(self, default: Callable[[Record], Play] = steered) -> None:
        self.default = default
        self.models: tuple[str, ...] = (MODEL, "mistralai/mistral-nemo")
        self.pricing: dict[str, Any] = {}  # by model, given to who asks for `include=pricing`
        self.models_play: Play | None = None  # in place of the list of models
        self.listings: list[Record] = []  # requests for the list of models
        self.records: list[Record] = []
        self.port = 0
        self._queue: deque[Play] = deque()
        self._changed = threading.Condition()
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """What MODEL_API_BASE is to be."""
        return f"http://127.0.0.1:{self.port}/v1"

    def play(self, *plays: Play) -> None:
        """Queue these for the next chat requests, in order."""
        self._queue.extend(plays)

    def record(self, number: int = 0) -> Record:
        """The record of chat request `number` (from 0), waited for up to 10 s."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.records) > number, WAIT):
                raise AssertionError(f"chat request {number} never came")
            return self.records[number]

    def clear(self) -> None:
        """Forget what is queued and what was recorded."""
        self._queue.clear()
        self.records.clear()
        self.listings.clear()

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1 in the running loop."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and break off every connection."""
        if self._server is not None:
            self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _protocol(self) -> asyncio.StreamReaderProtocol:
        reader = Reader(limit=16 * 1024 * 1024)
        return asyncio.StreamReaderProtocol(reader, self._accept)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, Reader)
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        connection = Connection(reader, writer)
        try:
            while not connection.over and (record := await connection.request()):
                await self._answer(connection, record)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _answer(self, connection: Connection, record: Record) -> None:
        if record.path.endswith("/chat/completions") and record.method == "POST":
            with self._changed:
                record.number = len(self.records)
                record.play = self._queue.popleft() if self._queue else self.default(record)
                self.records.append(record)
                self._changed.notify_all()
            play = record.play
        elif record.path.endswith("/models"):
            self.listings.append(record)
            play = self.models_play or Status(200, {"object": "list", "data": self._listed(record)})
        elif record.path == "/journal":
            play = Status(200, [past.summary() for past in list(self.records)])
        else:
            play = Status(404, {"message": "no such path", "statusCode": 404})
        await connection.perform(play, record)

    def _listed(self, record: Record) -> list[dict[str, Any]]:
        names = dict.fromkeys((*self.models, *self.pricing))
        if "include=pricing" not in record.query:
            return [{"id": name} for name in names]
        return [{"id": name, "pricing": self.pricing.get(name)} for name in names]


@contextmanager
def running(upstream: Upstream) -> Iterator[Upstream]:
    """The upstream in a thread of its own, with its own loop, on a free port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="upstream", daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(upstream.start(), loop).result(WAIT)
    try:
        yield upstream
    finally:
        asyncio.run_coroutine_threadsafe(upstream.stop(), loop).result(WAIT)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(WAIT)
        loop.close()
