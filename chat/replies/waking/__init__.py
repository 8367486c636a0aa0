"""How a process hears that another one has committed something about replies: one face, one file a database."""

from typing import Protocol

from django.db import connection

from chat.replies.waking.postgres import Notifications, notify
from chat.replies.waking.sqlite import DataVersion


class Waking(Protocol):
    """Used from one event loop."""

    async def wait(self, seconds: float) -> None:
        """Return soon after another connection has committed something since the last return.

        After so many seconds at the latest, and at once where something may have been missed.
        """

    async def close(self) -> None: ...


def open_waking() -> Waking:
    return Notifications() if connection.vendor == "postgresql" else DataVersion()


def announce() -> None:
    """Wake every process when the transaction that this is called in commits."""
    if connection.vendor == "postgresql":
        notify()
