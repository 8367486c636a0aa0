"""Where a word still stands: in every column of every table, and in the bytes of SQLite's file."""

from collections.abc import Collection, Iterator
from pathlib import Path

from django.db import connection


def in_tables(words: Collection[str]) -> Iterator[str]:
    """Tables of the index, which are not Django's, too; capital letters do not matter."""
    for table in _tables():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor:
                for name, value in zip(names, row, strict=True):
                    yield from (f"{word} in {table}.{name}" for word in words if _holds(value, word))


def in_file(words: Collection[str]) -> Iterator[str]:
    """After VACUUM, with the log of what was written last; SQLite only."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(connection.settings_dict["NAME"])
    for file in path.parent.glob(f"{path.name}*"):
        content = file.read_bytes()
        yield from (f"{word} in {file.name}" for word in words if _holds(content, word))


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def _holds(value: object, word: str) -> bool:
    content = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    return word.encode() in content.lower()
