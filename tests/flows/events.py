"""A reader of event streams on a bare socket: it sees every byte, compressed or not, as a browser gets it."""

import re
import socket
import zlib
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

import httpx

from tests.site import Site

PATIENCE = 40.0  # s without a byte


@dataclass(frozen=True)
class Event:
    name: str
    data: str
    id: str | None


class Reader:
    """Open it with `with`. `received` counts the bytes that came off the wire, head and framing included."""

    def __init__(
        self, site: Site, client: httpx.Client, path: str, *, gzip: bool = True, last_event_id: str = ""
    ) -> None:
        self.received = 0
        self.text = ""  # the decoded stream so far
        self._encoded = b""
        self._body = b""
        self._over = False
        self._inflate = zlib.decompressobj(31) if gzip else None
        address = urlsplit(site.url)
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {address.netloc}",
            "Accept: text/html, text/event-stream",
            "Cookie: " + "; ".join(f"{name}={value}" for name, value in client.cookies.items()),
            *(["Accept-Encoding: gzip"] if gzip else []),
            *([f"Last-Event-ID: {last_event_id}"] if last_event_id else []),
        ]
        self._socket = socket.create_connection((address.hostname, address.port), PATIENCE)
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        while b"\r\n\r\n" not in self._encoded:
            if not self._receive():
                raise ConnectionError("the connection ended before the head of an answer")
        head, _, self._encoded = self._encoded.partition(b"\r\n\r\n")
        self.status = int(head.split(b" ", 2)[1])
        self.headers = httpx.Headers(
            [tuple(part.strip() for part in line.split(b":", 1)) for line in head.split(b"\r\n")[1:]]
        )
        if "chunked" in self.headers.get("transfer-encoding", ""):  # a refusal is a short page instead
            self._unframe()
        else:
            self._over = True

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    @property
    def events(self) -> list[Event]:
        """The events that are complete."""
        return [_event(block) for block in self.text.split("\n\n")[:-1] if not block.startswith(":")]

    def read_until(self, what: str) -> str:
        """Read until the stream has said so."""
        while what not in self.text:
            if self._over or not self._receive():
                raise AssertionError(f"the stream ended before {what!r}:\n{self.text}")
            self._unframe()
        return self.text

    def read_all(self) -> str:
        """Read to the end of the answer, or of the connection."""
        while not self._over and self._receive():
            self._unframe()
        return self.text

    def hang_up(self) -> None:
        """Close the connection, also under a read of another thread."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _receive(self) -> bool:
        block = self._socket.recv(65536)
        self.received += len(block)
        self._encoded += block
        return bool(block)

    def _unframe(self) -> None:
        """Take the whole chunks off what has come. A stream is always chunked."""
        body = b""
        while b"\r\n" in self._encoded:
            length, _, rest = self._encoded.partition(b"\r\n")
            size = int(length, 16)
            if len(rest) < size + 2:
                break
            body, self._encoded = body + rest[:size], rest[size + 2 :]
            self._over = self._over or size == 0
        self._body += self._inflate.decompress(body) if self._inflate else body
        self.text = self._body.decode(errors="ignore")


def _event(block: str) -> Event:
    fields = [line.split(": ", 1) for line in block.split("\n")]
    values: dict[str, list[str]] = {}
    for name, *value in fields:
        values.setdefault(name, []).append("".join(value))
    return Event(
        "".join(values.get("event", [])),
        "\n".join(values.get("data", [])),
        values["id"][0] if "id" in values else None,
    )


def events_path(client: httpx.Client, conversation: str) -> str:
    """Where the open reply of this conversation is followed."""
    page = client.get(conversation)
    found = re.search(r"/replies/\d+/events/", page.text)
    assert found, f"no open reply in {conversation}"
    return found[0]
