"""SQLite: the file's `data_version` changes with each commit of another connection, also another process's.

https://www.sqlite.org/pragma.html#pragma_data_version
"""

import asyncio
import sqlite3
from contextlib import suppress

from django.db import connection

LOOK = 0.05  # s; a look costs 3 µs
SLOWER = 0.5  # s between looks at a file that cannot be opened


class DataVersion:
    """A connection of its own, which never begins a transaction."""

    def __init__(self) -> None:
        self._file = str(connection.settings_dict["NAME"])
        self._connection: sqlite3.Connection | None = None
        self._version = -1

    async def wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self._changed() and loop.time() < until:  # noqa: ASYNC110 - SQLite calls nobody back
            await asyncio.sleep(LOOK if self._connection else SLOWER)

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _changed(self) -> bool:
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._file, timeout=0, isolation_level=None)
            version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                if self._connection is not None:
                    self._connection.close()
            self._connection, self._version = None, -1
            return False
        before, self._version = self._version, version
        return version != before
