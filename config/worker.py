"""gunicorn's ASGI worker, which also knows its connections: at its end it closes the idle ones first.

A browser sends its next request on a connection that it has; when that is closed it opens another, and finds a
worker that goes on. gunicorn itself would serve idle ones to the last.
"""

import select
import signal
from typing import Any

from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers import gasgi
from gunicorn.workers.gasgi import ASGIWorker

ENDS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)  # by SIGQUIT the master passes Ctrl-C on
FRESH = 2.0  # s in which a new connection is given the time to ask something


class Connection(ASGIProtocol):  # type: ignore[misc]
    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.made_at = self.worker.loop.time()
        self.worker.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.worker.connections.discard(self)
        super().connection_lost(exc)

    def close_soon(self) -> None:
        """At once when nothing is asked on it, otherwise with the answer."""
        self._keepalive = 0
        fresh = self.req_count <= 1 and self.worker.loop.time() - self.made_at < FRESH
        if self._awaiting_request and not fresh and not self._has_come():
            self.transport.close()

    def _has_come(self) -> bool:
        """Whether a request waits to be read."""
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(poll.poll(0))


class Worker(ASGIWorker):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connections: set[Connection] = set()

    def init_signals(self) -> None:
        """gunicorn's own handlers would only be heard once the loop runs: until post_worker_init, see there."""
        super().init_signals()
        for name in ENDS:
            signal.signal(name, signal.SIG_DFL)

    def close_connections(self) -> None:
        for connection in list(self.connections):
            try:
                connection.close_soon()
            except Exception:
                self.log.exception("A connection is closed by its answer only")


gasgi.ASGIProtocol = Connection  # the worker offers no other way to say which protocol it speaks
