"""Search on SQLite: FTS5 tables without positions, kept by triggers (migration 0004)."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from chat.search.place import Place, Words

Row = TypeVar("Row", bound=Model)


def holds(place: Place, words: Words, *, owner: int) -> Q:
    """Rows that have all of the words, and none of the excluded ones, in any order.

    Each row is indexed under its owner's number too: a word that a whole site uses costs nobody more than
    what is their own.
    """
    wanted = [f'"@{owner}"', *map('"{}"'.format, words.whole), *map('"{}"*'.format, words.begun)]
    excluded = " OR ".join(map('"{}"'.format, words.excluded))
    match = f"({' AND '.join(wanted)})" + (f" NOT ({excluded})" if excluded else "")
    return Q((f"{place.row}__in", _rows(place.table, match)))


def _rows(table: str, match: str) -> RawSQL:
    """Written out, so that no statement is made of parts."""
    if table == "chat_message":
        return RawSQL("SELECT rowid FROM chat_message_words WHERE chat_message_words MATCH %s", [match])
    return RawSQL("SELECT rowid FROM chat_conversation_words WHERE chat_conversation_words MATCH %s", [match])


def newest(rows: QuerySet[Row], count: int, *, below: int | None) -> list[Row]:
    return list(rows.order_by("-pk")[:count])
