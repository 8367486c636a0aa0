"""The database finds exactly what a plain reading of the query would find."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.folding import fold
from chat.models import User
from chat.search import Query, parse
from chat.search.terms import Term
from tests.search.writing import conversation, found, say

WORDS = st.sampled_from(
    ["a", "ab", "abc", "b", "É", "e", "日", "日本", "本", "3d", "3", "x-y", "x", "y", "!"]
)
TEXTS = st.lists(WORDS, max_size=6).map(" ".join)
PIECES = st.tuples(st.sampled_from(["", "-", '"', '-"']), st.lists(WORDS, min_size=1, max_size=3)).map(
    lambda piece: piece[0] + " ".join(piece[1]) + ('"' if piece[0].endswith('"') else "")
)
QUERIES = st.tuples(st.lists(PIECES, min_size=1, max_size=3).map(" ".join), st.sampled_from(["", " "])).map(
    "".join
)


def holds(text: str, term: Term) -> bool:
    words, count = fold(text).split(), len(term.words)
    for start in range(len(words) - count + 1):
        here = words[start : start + count]
        last = here[-1].startswith(term.words[-1]) if term.is_prefix else here[-1] == term.words[-1]
        if last and here[:-1] == list(term.words[:-1]):
            return True
    return False


def is_meant(text: str, query: Query) -> bool:
    return all(holds(text, term) for term in query.terms) and not any(
        holds(text, term) for term in query.without
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, max_size=8), typed=st.lists(QUERIES, min_size=1, max_size=8))
def test_what_is_found_is_what_is_meant(alice: User, texts: list[str], typed: list[str]) -> None:
    talk = conversation(alice)
    said = say(talk, *texts)
    for query in map(parse, typed):
        meant = [m.text for m in reversed(said) if is_meant(m.text, query)] if query.asks_messages else []
        assert found(alice, query.typed) == meant, query
    talk.delete()
