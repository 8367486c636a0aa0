"""What no log may hold, whatever its level: keys, passwords, sessions, and what people and the model said."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.password import PASSWORD

_ISSUED = re.compile(r"\bpk-[\w-]{43}\b")  # an API key of the site
_SHORTEST = 12  # characters of a text that is no word of ours by chance
_SESSIONS = "SELECT session_key FROM django_session"
_TEXTS = f"""
    SELECT text FROM chat_message WHERE length(text) >= {_SHORTEST}
    UNION SELECT title FROM chat_conversation WHERE length(title) >= {_SHORTEST}
"""


def secrets_in(log: str, data_dir: Path, environment: Mapping[str, str]) -> list[str]:
    """Each secret of the site, out of its settings and its database, that stands in what it logged."""
    known = {PASSWORD, *_of_settings(environment), *_of_files(data_dir)}
    if log.strip():
        known.update(_of_rows(data_dir, environment.get("DATABASE_URL", "")))
    return sorted(secret for secret in known if secret in log) + _ISSUED.findall(log)


def _of_settings(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        if re.search("KEY|SECRET|PASSWORD", name) and len(value) >= _SHORTEST:
            yield value
        elif name.endswith("_URL") and (password := urlsplit(value).password):
            yield password


def _of_files(data_dir: Path) -> Iterator[str]:
    kept = data_dir / "secret-key"
    if kept.exists():
        yield kept.read_text("utf-8").strip()


def _of_rows(data_dir: Path, url: str) -> Iterator[str]:
    for query in (_SESSIONS, _TEXTS):
        yield from (text for (text,) in _rows(query, data_dir / "parley.sqlite3", url))


def _rows(query: str, file: Path, url: str) -> list[tuple[str]]:
    """None where the test took the database away: then what the settings hold is all that is known."""
    try:
        if url:
            with psycopg.connect(url.replace("postgres:", "postgresql:"), connect_timeout=5) as connection:
                return connection.execute(query.encode()).fetchall()
        with closing(sqlite3.connect(file, timeout=30)) as connection:
            return connection.execute(query).fetchall()
    except (sqlite3.OperationalError, psycopg.OperationalError, psycopg.errors.UndefinedTable):
        return []
