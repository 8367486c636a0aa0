"""A lock on a name, for what no row stands for."""

from django.db import connection


def one_at_a_time(what: str) -> None:
    """Let one transaction at a time go on from here, in all processes, until it ends.

    SQLite's write transactions are alone from their beginning.
    """
    _lock("SELECT pg_advisory_xact_lock(hashtext(%s))", what)


def many_at_a_time(what: str) -> None:
    """Go on with others that say the same, but not beside one that says one_at_a_time()."""
    _lock("SELECT pg_advisory_xact_lock_shared(hashtext(%s))", what)


def _lock(statement: str, what: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement, [f"parley {what}"])
