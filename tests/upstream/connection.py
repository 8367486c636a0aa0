"""One connection of the scripted upstream: HTTP/1.1 by hand, so that the wire itself can break."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Mapping
from http import HTTPStatus
from time import monotonic

from tests.upstream.journal import Record
from tests.upstream.plays import Play


class Reader(asyncio.StreamReader):
    """A stream reader that tells at once when the other side has hung up, without taking bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        self.gone.set()
        super().feed_eof()

    def set_exception(self, exc: BaseException) -> None:
        self.gone.set()
        super().set_exception(exc)


class Connection:
    """One connection: reads requests, and is the Wire of their plays."""

    _numbers = iter(range(1_000_000_000))

    def __init__(self, reader: Reader, writer: asyncio.StreamWriter) -> None:
        self.over = False
        self._number = next(self._numbers)
        self._reader = reader
        self._writer = writer
        self._chunked = False
        self._record: Record | None = None

    async def request(self) -> Record | None:
        """The next request, or None when the client has hung up or speaks TLS."""
        try:
            head = await self._reader.readexactly(1)
            if not head.isalpha():
                return None
            head += await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        line, *lines = head.decode("latin-1").strip().split("\r\n")
        method, path, _ = line.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        peer = self._writer.get_extra_info("peername")[1]
        path, _, query = path.partition("?")
        return Record(-1, self._number, method, path, headers, body=_json(body), query=query, peer=peer)

    async def perform(self, play: Play, record: Record) -> None:
        """Play to the end, or until the client hangs up."""
        self._record = record
        playing = asyncio.create_task(_quietly(play.perform(self, record)))
        hanging_up = asyncio.create_task(self._reader.gone.wait())
        try:
            await asyncio.wait({playing, hanging_up}, return_when=asyncio.FIRST_COMPLETED)
            if not playing.done():
                record.closed_at = monotonic()
                record.closed.set()
                self.over = True
            elif error := playing.exception():
                raise error
        finally:
            playing.cancel()
            hanging_up.cancel()
            record.ended.set()

    async def head(self, status: int, headers: Mapping[str, str]) -> None:
        self._chunked = not any(name.lower() == "content-length" for name in headers)
        framing = {"Transfer-Encoding": "chunked"} if self._chunked else {}
        lines = [f"{name}: {value}\r\n" for name, value in {**headers, **framing}.items()]
        phrase = HTTPStatus(status).phrase
        await self.raw(f"HTTP/1.1 {status} {phrase}\r\n{''.join(lines)}\r\n".encode("latin-1"))

    async def body(self, data: bytes) -> None:
        if data:
            await self.raw(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    async def end(self) -> None:
        if self._chunked:
            await self.raw(b"0\r\n\r\n")

    async def raw(self, data: bytes) -> None:
        self._writer.write(data)
        if self._record is not None:
            self._record.bytes_written += len(data)
        await self._writer.drain()

    def cut(self) -> None:
        self.over = True
        self._writer.close()

    def reset(self) -> None:
        self.over = True
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


async def _quietly(performance: Awaitable[None]) -> None:
    """A client that hangs up while it is written to is not an error of the play."""
    try:
        await performance
    except ConnectionError:
        await asyncio.Event().wait()


def _json(body: bytes) -> object:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None
