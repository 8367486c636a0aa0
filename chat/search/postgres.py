"""Search on PostgreSQL: generated tsvectors without positions, with GIN (migration 0004)."""

from typing import TypeVar

from django.db.models import BooleanField, F, Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from chat.search.place import Place, Words

Row = TypeVar("Row", bound=Model)

NEWEST = 2000  # rows of the table that are looked through first


def holds(place: Place, words: Words, *, owner: int) -> Q:
    """Rows that have all of the words, and none of the excluded ones, in any order.

    The words are quoted lexemes: PostgreSQL's own parser, which takes some apart, sees neither them nor the text.
    """
    wanted = [*map("'{}'".format, words.whole), *map("'{}':*".format, words.begun)]
    asked = " & ".join(wanted + list(map("!'{}'".format, words.excluded)))
    if not asked:
        return Q()
    return Q(_asked(place.table, asked))


def _asked(table: str, words: str) -> RawSQL:
    """Written out, so that no statement is made of parts."""
    if table == "chat_message":
        return RawSQL('"chat_message"."search_words" @@ %s::tsquery', [words], BooleanField())
    return RawSQL('"chat_conversation"."search_words" @@ %s::tsquery', [words], BooleanField())


def newest(rows: QuerySet[Row], count: int, *, below: int | None) -> list[Row]:
    """The index knows no order: what is found often is found among the newest rows, and what is rare by the index.

    Asked for both at once, the planner guesses which it is, and may walk through the whole table for ten rows.
    """
    if below is None:
        below = rows.model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        below += 1
    recent = list(rows.filter(pk__gte=below - NEWEST).order_by("-pk")[:count])
    if len(recent) == count:
        return recent
    return list(rows.order_by((F("pk") + 0).desc())[:count])  # an order that the primary key's index has not
