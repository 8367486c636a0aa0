"""Who may go on reading: asked again for all open readers at once, every few seconds."""

import asyncio
from collections.abc import AsyncIterator, Container
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from django.contrib.sessions.models import Session
from django.db import Error, connections
from django.utils import timezone

from chat.models import Reply, User

LOOK = 2.0  # s between looks: a stream ends within 5 s of a log-out, a deactivation or a delete


@dataclass(frozen=True, eq=False)
class Reader:
    """An open event stream; `leave` is set when its reader may not go on."""

    session_key: str
    user_id: int
    reply_id: int
    leave: asyncio.Event = field(default_factory=asyncio.Event)


class Watch:
    """Three queries a look, however many readers there are; none while there are none."""

    def __init__(self, loop: asyncio.AbstractEventLoop, thread: ThreadPoolExecutor) -> None:
        self._loop = loop
        self._thread = thread
        self._readers: set[Reader] = set()
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def over(self, reader: Reader) -> AsyncIterator[None]:
        """Watch the reader for as long as the block runs."""
        self._readers.add(reader)
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._watch(), name="watch")
        try:
            yield
        finally:
            self._readers.discard(reader)

    def send_away(self, *, but: Container[int]) -> None:
        """End the streams of replies that run elsewhere: their readers find another process."""
        for reader in self._readers:
            if reader.reply_id not in but:
                reader.leave.set()

    def count(self, user_id: int) -> int:
        """Open readers of this user."""
        return sum(reader.user_id == user_id for reader in self._readers)

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _watch(self) -> None:
        while self._readers:
            await asyncio.sleep(LOOK)
            readers = frozenset(self._readers)
            for reader in await self._loop.run_in_executor(self._thread, _without_leave, readers):
                reader.leave.set()
            if not self._readers:
                await self._loop.run_in_executor(self._thread, connections.close_all)


def _without_leave(readers: frozenset[Reader]) -> list[Reader]:
    """Those whose session ended, whose account is not active, or whose conversation was deleted."""
    try:
        sessions = set(
            Session.objects.filter(
                session_key__in={reader.session_key for reader in readers}, expire_date__gt=timezone.now()
            ).values_list("session_key", flat=True)
        )
        users = set(
            User.objects.filter(pk__in={reader.user_id for reader in readers}, is_active=True).values_list(
                "pk", flat=True
            )
        )
        replies = set(
            Reply.objects.filter(
                pk__in={reader.reply_id for reader in readers}, message__conversation__deleted_at=None
            ).values_list("pk", flat=True)
        )
    except Error:  # who cannot be asked about is not sent away
        connections.close_all()
        return []
    return [
        reader
        for reader in readers
        if reader.session_key not in sessions or reader.user_id not in users or reader.reply_id not in replies
    ]
