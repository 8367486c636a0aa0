"""Conversations of the past, put into the database of a running site: nobody can wait for a month."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.site import Site


def add_conversations(site: Site, titles: list[str], *, days_ago: float = 0, username: str = "alice") -> None:
    """One a title, newest first, a second apart, the newest so many days old."""
    newest = datetime.now(UTC) - timedelta(days=days_ago)
    with closing(sqlite3.connect(site.data_dir / "parley.sqlite3", timeout=30)) as database, database:
        (owner,) = database.execute("SELECT id FROM chat_user WHERE username = ?", [username]).fetchone()
        database.executemany(
            "INSERT INTO chat_conversation (owner_id, uuid, title, search_title, model, settings, pinned,"
            " archived, created_at, updated_at) VALUES (?, ?, ?, '', '', '{}', 0, 0, ?, ?)",
            [
                (owner, uuid4().hex, title, at, at)
                for number, title in enumerate(titles)
                for at in [_stored(newest - timedelta(seconds=number))]
            ],
        )


def delete_everything(site: Site) -> None:
    """An empty history: every conversation in the archive of nobody."""
    with closing(sqlite3.connect(site.data_dir / "parley.sqlite3", timeout=30)) as database, database:
        database.execute("UPDATE chat_conversation SET deleted_at = '2100-01-01 00:00:00'")
        database.execute("UPDATE chat_conversation SET folder_id = NULL")
        database.execute("DELETE FROM chat_folder")


def _stored(moment: datetime) -> str:
    """As Django writes it into SQLite."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
