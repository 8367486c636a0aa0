"""Rows that have what is looked for: by the database's index, then word by word where the order counts."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import connection
from django.db.models import F, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import Exact, GreaterThan

from chat.search import postgres, sqlite
from chat.search.place import Place, words_of
from chat.search.terms import Term

Row = TypeVar("Row", bound=Model)


def having(
    rows: QuerySet[Row], place: Place, terms: Sequence[Term], *, without: Sequence[Term] = (), owner: int
) -> QuerySet[Row]:
    if not (terms or without):
        return rows
    holds = postgres.holds if connection.vendor == "postgresql" else sqlite.holds
    found = rows.filter(holds(place, words_of(terms, without), owner=owner))
    for term in terms:
        if len(term.words) > 1:
            found = found.filter(Q(GreaterThan(_place_of(term, place), 0)))
    for term in without:
        if len(term.words) > 1:
            found = found.filter(Q(Exact(_place_of(term, place), 0)))
    return found


def newest(rows: QuerySet[Row], count: int, *, below: int | None = None) -> list[Row]:
    """The first `count` of them, by descending primary key, all below `below`."""
    if below is not None:
        rows = rows.filter(pk__lt=below)
    newest_of = postgres.newest if connection.vendor == "postgresql" else sqlite.newest
    return newest_of(rows, count, below=below)


def _place_of(term: Term, place: Place) -> StrIndex:
    """0 where the words do not stand together. `instr` and `strpos` take no pattern, and stay linear."""
    padded = Concat(Value(" "), F(place.folded), Value(" "), output_field=TextField())
    return StrIndex(padded, Value(term.needle))
