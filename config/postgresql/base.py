"""Django looks for the engine's `DatabaseWrapper` in a module of this name.

https://docs.djangoproject.com/en/stable/ref/databases/#subclassing-the-built-in-database-backends
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Where one connection of the pool turns out to be dead, all of them are opened anew.

    The pool's own check looks at no more than four in the five seconds for which a request waits: after a restart
    of the server, a pool full of dead connections would refuse requests until each of them had been looked at.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that just answered, so that the pool has to check nothing by itself."""
        connection = super().get_new_connection(conn_params)
        pool = self.pool
        if pool and not _answers(connection):
            pool.drain()
            pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection


def _answers(connection: Connection) -> bool:
    try:
        ConnectionPool.check_connection(connection)
    except Exception:  # whatever it is, the connection goes back to its pool
        return False
    return True
