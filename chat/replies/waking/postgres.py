"""PostgreSQL: LISTEN and NOTIFY on one channel, without a payload: whoever is woken looks for itself.

https://www.postgresql.org/docs/current/sql-notify.html
"""

import asyncio
import logging
from typing import Any

import psycopg
from django.db import connection

log = logging.getLogger(__name__)

CHANNEL = "parley_replies"
AGAIN = 0.5  # s until a lost connection is opened anew
CONNECT = 5  # s


class Notifications:
    """A connection of its own, outside the pool, that does nothing but listen."""

    def __init__(self) -> None:
        self._address = _address(connection.settings_dict)
        self._connection: psycopg.AsyncConnection | None = None

    async def wait(self, seconds: float) -> None:
        try:
            if self._connection is None:
                self._connection = await psycopg.AsyncConnection.connect(**self._address, autocommit=True)
                await self._connection.execute(f"LISTEN {CHANNEL}")
                return  # what was committed before this is to be looked for
            async for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                pass
        except psycopg.Error as error:
            log.warning("Notifications are not heard: %s", error)
            await self.close()
            await asyncio.sleep(AGAIN)

    async def close(self) -> None:
        lost, self._connection = self._connection, None
        if lost is not None:
            await lost.close()


def notify() -> None:
    """In the transaction of the caller; many in one transaction are one."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def _address(database: dict[str, Any]) -> dict[str, Any]:
    """Django's description of the database as psycopg takes it."""
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    given = {name: database[key] for key, name in names.items() if database[key]}
    options = {name: value for name, value in database["OPTIONS"].items() if name != "pool"}
    return {"connect_timeout": CONNECT, **options, **given}
