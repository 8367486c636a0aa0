"""Journal D: the database, read by plain SQL on connections of our own, not through the product."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from tests.chaos.evidence import Stored, StoredCall, StoredReply

Query = Callable[..., list[tuple[Any, ...]]]
T = TypeVar("T")

AWAY = (sqlite3.OperationalError, psycopg.OperationalError, psycopg.InterfaceError)
PATIENCE = 60.0  # s for a database that is away

REPLIES = """
SELECT reply.id, reply.send_id, reply.state, reply.finish_reason, message.text, reply.begun_with, chunk.text
FROM chat_reply reply JOIN chat_message message ON message.id = reply.message_id
LEFT JOIN chat_replychunk chunk ON chunk.reply_id = reply.id
WHERE message.conversation_id = %s ORDER BY reply.id, chunk.start
"""
CALLS = """
SELECT reply_id, request_id, status, usage_source, prompt_tokens, completion_tokens, reserved_tokens, error
FROM chat_call WHERE conversation_id = %s ORDER BY id
"""


class Database:
    """Of one site: a file of SQLite, or a URL of PostgreSQL."""

    def __init__(self, place: Path | str) -> None:
        self._place = place

    @contextmanager
    def snapshot(self) -> Iterator[Query]:
        """Queries that all see the same moment."""
        if isinstance(self._place, Path):
            with closing(sqlite3.connect(self._place, timeout=30, isolation_level=None)) as file:
                file.execute("BEGIN")
                yield lambda sql, *values: file.execute(sql.replace("%s", "?"), values).fetchall()
        else:
            with psycopg.connect(self._place, connect_timeout=5) as server:
                server.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                yield lambda sql, *values: server.execute(sql.encode(), values).fetchall()

    def read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """One query; a database that is away is waited for."""
        return self._waiting(lambda query: query(sql, *values))

    def write(self, sql: str, *values: object) -> None:
        if isinstance(self._place, Path):
            with closing(sqlite3.connect(self._place, timeout=30)) as file, file:
                file.execute(sql.replace("%s", "?"), values)
        else:
            with psycopg.connect(self._place, connect_timeout=5) as server:
                server.execute(sql.encode(), values)

    def write_patiently(self, sql: str, *values: object) -> None:
        """As `write`; a database that is away is waited for."""
        self._waiting_for(lambda: self.write(sql, *values))

    def text_of(self, reply_id: int) -> str | None:
        """What is stored of a reply now; None when it is gone."""
        rows = self.read(REPLIES.replace("message.conversation_id", "reply.id"), reply_id)
        return _reply("", rows).text if rows else None

    def state_of(self, reply_id: int) -> str | None:
        rows = self.read("SELECT state FROM chat_reply WHERE id = %s", reply_id)
        return rows[0][0] if rows else None

    def reply_of(self, send_id: str) -> tuple[int, int] | None:
        """(reply, conversation) that this send_id began."""
        rows = self.read(
            "SELECT reply.id, message.conversation_id FROM chat_reply reply "
            "JOIN chat_message message ON message.id = reply.message_id WHERE reply.send_id = %s",
            send_id.replace("-", ""),
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def open_of(self, conversations: list[int]) -> list[str]:
        """What is not settled in these conversations, in words."""
        if not conversations:
            return []
        among = "({})".format(", ".join(["%s"] * len(conversations)))
        replies = self.read(
            "SELECT reply.id, reply.state FROM chat_reply reply JOIN chat_message message "
            f"ON message.id = reply.message_id WHERE message.conversation_id IN {among} "
            "AND reply.state IN ('queued', 'running')",
            *conversations,
        )
        calls = self.read(
            f"SELECT id FROM chat_call WHERE conversation_id IN {among} AND status = 'running'",
            *conversations,
        )
        return [f"reply {pk} is {state}" for pk, state in replies] + [
            f"call {pk} is running" for (pk,) in calls
        ]

    def everything(self, talks: dict[str, list[int]]) -> Stored:
        """All rows of these talks: conversations by tag, those that are known to have been and those found."""
        return self._waiting(lambda query: _everything(query, talks))

    def _waiting(self, ask: Callable[[Query], T]) -> T:
        def look() -> T:
            with self.snapshot() as query:
                return ask(query)

        return self._waiting_for(look)

    def _waiting_for(self, action: Callable[[], T]) -> T:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return action()
            except AWAY:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


def _everything(query: Query, talks: dict[str, list[int]]) -> Stored:
    stored = Stored()
    for tag, known in talks.items():
        questions = query(
            "SELECT conversation_id, text FROM chat_message WHERE role = 'user' AND text LIKE %s ORDER BY id",
            f"[{tag}]%",
        )
        stored.questions.extend((tag, text) for _, text in questions)
        for conversation in sorted({*known, *(pk for pk, _ in questions)}):
            found = query("SELECT deleted_at FROM chat_conversation WHERE id = %s", conversation)
            stored.conversations.setdefault(tag, []).extend(deleted is not None for (deleted,) in found)
            rows = query(REPLIES, conversation)
            for pk in dict.fromkeys(row[0] for row in rows):
                stored.replies.append(_reply(tag, [row for row in rows if row[0] == pk]))
            for reply, request, *rest in query(CALLS, conversation):
                stored.calls.append(StoredCall(tag, reply, _hex(request), *rest))
    return stored


def _reply(tag: str, rows: list[tuple[Any, ...]]) -> StoredReply:
    pk, send_id, state, reason, text, begun_with, _ = rows[0]
    chunks = [row[6] for row in rows if row[6] is not None]
    return StoredReply(tag, pk, _hex(send_id), state, reason, text + "".join(chunks), begun_with, len(chunks))


def _hex(uuid: object) -> str:
    return str(uuid).replace("-", "")
