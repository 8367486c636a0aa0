"""Words of what was deleted, which SQLite's full-text index still holds, with a mark that they are gone."""

from django.db import connection

# Of both indexes (migration 0004): FTS5 takes a command as a row.
MERGES = (
    "INSERT INTO chat_message_words (chat_message_words, rank) VALUES ('merge', %s)",
    "INSERT INTO chat_conversation_words (chat_conversation_words, rank) VALUES ('merge', %s)",
)
PAGES = 200  # of the index, written in one transaction: about 20 ms


def forget_words() -> None:
    """Write the index anew without them, in short transactions (docs/decisions/erasure.md).

    PostgreSQL's index is part of its rows, and goes with them. Call it outside of any transaction.
    """
    if connection.vendor != "sqlite":
        return
    for statement in MERGES:
        pages = -PAGES  # below zero: into one part, whatever there is
        while _merge(statement, pages):
            pages = PAGES


def _merge(statement: str, pages: int) -> bool:
    """Whether there is more to merge, by what FTS5 says of that: a statement that changed fewer than two rows."""
    with connection.cursor() as cursor:
        before = connection.connection.total_changes
        cursor.execute(statement, [pages])
        return bool(connection.connection.total_changes - before >= 2)
