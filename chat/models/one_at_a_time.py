"""A lock on a name, for what no row stands for."""

from django.db import connection


def one_at_a_time(what: str) -> None:
    """Let one transaction at a time go on from here, in all processes, until it ends.

    SQLite's write transactions are alone from their beginning.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"parley {what}"])
