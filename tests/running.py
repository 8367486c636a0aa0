"""The part of a web process that runs replies, opened inside the test's own process."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from chat.gateway import Gateway
from chat.models import Reply
from chat.replies import Process
from chat.replies.live import LiveReply
from tests.upstream import Upstream

WAIT = 10.0  # s


class Running:
    """A Process in an event loop of its own, in a thread of its own, against the scripted upstream."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="the process under test")
        self._thread.start()
        self.process, self.gateway = self.run(self._open())

    async def _open(self) -> tuple[Process, Gateway]:
        process = Process.open()
        return process, Gateway.open(process.worker, process.client, process.scribe)

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run it in the process's loop and wait for its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(WAIT)

    def begun(self, *replies: Reply) -> list[LiveReply]:
        """What the process knows of replies that were handed over, each at its first wait."""

        async def live() -> list[LiveReply]:
            return [self.process.live[reply.pk] for reply in replies]

        return self.run(live())

    def waits(self, reply: Reply, ahead: int) -> None:
        """Return once the reply waits for its turn, with so many others before it."""

        async def told() -> None:
            live = self.process.live[reply.pk]
            while live.ahead != ahead:
                await live.changed.wait()

        self.run(told())

    def ended(self, reply: Reply) -> Reply:
        """The reply once its end is committed."""

        async def gone() -> None:
            live = self.process.live.get(reply.pk)
            while live is not None and not live.ended:
                await live.changed.wait()

        self.run(gone())
        return Reply.objects.select_related("message").get(pk=reply.pk)

    def committed(self, reply: Reply, enough: Callable[[str], bool]) -> str:
        """The committed text as soon as it is `enough`."""

        async def text() -> str:
            live = self.process.live[reply.pk]
            while not enough(live.text) and not live.ended:
                await live.changed.wait()
            return live.text

        return self.run(text())

    def close(self) -> None:
        self.run(self.gateway.close())
        self.run(self.process.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@pytest.fixture
def process(transactional_db: None, upstream: Upstream, settings: Any) -> Iterator[Running]:
    settings.MODEL_API_BASE = upstream.url
    running = Running()
    yield running
    running.close()
