"""gunicorn's ASGI worker, which also knows its idle connections: at its end it closes them first.

A browser sends its next request on the connection that it has; on one that was closed it opens another, and
finds a worker that goes on. gunicorn itself would serve them to the last.
"""

from typing import Any

from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers import gasgi
from gunicorn.workers.gasgi import ASGIWorker


class Connection(ASGIProtocol):  # type: ignore[misc]
    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.worker.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.worker.connections.discard(self)
        super().connection_lost(exc)

    def close_if_idle(self) -> None:
        if self._awaiting_request:
            self.transport.close()


class Worker(ASGIWorker):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connections: set[Connection] = set()

    def close_idle(self) -> None:
        """Close the connections on which nothing is asked, and have the others closed by their answers."""
        for connection in list(self.connections):
            connection._keepalive = 0
            connection.close_if_idle()


gasgi.ASGIProtocol = Connection  # the worker offers no other way to say which protocol it speaks
