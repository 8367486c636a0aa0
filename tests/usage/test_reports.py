"""Tables of usage: by everything that tells calls apart, limited to some, and the rows behind each figure."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group

from chat.models import ApiKey, Call, Conversation, User
from chat.usage import (
    COLUMNS,
    EVERYTHING,
    UNFINISHED,
    Only,
    Row,
    Span,
    ledger_rows,
    page_of_calls,
    total,
    usage_by,
    usage_by_conversation,
    usage_by_day,
)
from chat.usage.rows import calls_of
from tests.usage.used import DAY, used

MARCH = Span(date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def calls(alice: User, charlie: User) -> list[Call]:
    """No two of the same kind; one of them runs."""
    group = Group.objects.create(name="Design")
    key = ApiKey.objects.create(user=charlie, name="laptop", key_hash="1")
    return [
        used(alice, group=group),
        used(alice, status="failed", model_answered="", prompt_tokens=0, completion_tokens=0),
        used(alice, status="interrupted", usage_source="estimate", cost_nano_usd=None),
        used(alice, status="stopped", source="title", day=DAY + timedelta(days=1)),
        used(alice, status="running", model_answered="", cost_nano_usd=None, prompt_tokens=None),
        used(charlie, source="api", api_key=key, group=group, model_answered="m-2"),
        used(charlie, day=date(2026, 2, 28)),
    ]


def sums(row: Row) -> tuple[int, ...]:
    return (row.requests, row.tokens, row.cost_nano_usd, row.unpriced, row.estimated, row.unfinished)


@pytest.mark.parametrize(
    ("what", "rows"),
    [
        ("user", [("alice", 5), ("charlie", 1)]),
        ("group", [("no group", 4), ("Design", 2)]),
        ("model", [("m-1", 3), ("m", 2), ("m-2", 1)]),
        ("source", [("chat", 4), ("api", 1), ("title", 1)]),
        ("key", [("no key", 5), ("laptop (charlie)", 1)]),
        ("status", [("done", 2), ("failed", 1), ("interrupted", 1), ("running", 1), ("stopped", 1)]),
    ],
)
def test_it_is_by_everything_that_tells_calls_apart(
    calls: list[Call], what: str, rows: list[tuple[str, int]]
) -> None:
    assert [(row.name, row.requests) for row in usage_by(what, MARCH)] == rows


@pytest.mark.parametrize("what", COLUMNS)
def test_every_table_has_the_same_sum(calls: list[Call], what: str) -> None:
    rows = usage_by(what, MARCH)
    assert sums(total(rows)) == sums(total(usage_by_day(MARCH))) == (6, 120, 6_000_000_000, 1, 1, 2)


@pytest.mark.parametrize("what", COLUMNS)
def test_a_figure_has_as_many_rows_behind_it_as_it_says(calls: list[Call], what: str) -> None:
    for row in usage_by(what, MARCH):
        only = Only(**{what: row.value})
        found = list(calls_of(MARCH, only))
        assert len(found) == row.requests == sum(day.requests for day in usage_by_day(MARCH, only))
        assert sum((call.prompt_tokens or 0) for call in found) == row.prompt_tokens
        assert [len(list(ledger_rows(MARCH, only))), len(page_of_calls(MARCH, only).calls)] == [
            len(found)
        ] * 2


def test_two_limits_hold_at_once(calls: list[Call], alice: User) -> None:
    only = Only(user=alice.pk, status=UNFINISHED)
    assert {call.status for call in calls_of(MARCH, only)} == {"failed", "interrupted"}
    assert [(row.name, row.requests) for row in usage_by("status", MARCH, only)] == [
        ("failed", 1),
        ("interrupted", 1),
    ]
    assert usage_by("user", MARCH, Only(user=alice.pk, source="api")) == []


def test_what_runs_is_found_only_where_its_kind_was_asked_for(calls: list[Call], alice: User) -> None:
    assert [row.requests for row in usage_by("model", MARCH, Only(status="running"))] == [1]
    assert [row.requests for row in usage_by("user", MARCH, Only(model="m"))] == [2]
    assert usage_by("user", Span(DAY + timedelta(days=2), MARCH.end)) == []


def test_who_and_what_is_gone_keeps_a_number(calls: list[Call], charlie: User) -> None:
    number, group, key = charlie.pk, Group.objects.get(), ApiKey.objects.get()
    numbers = (group.pk, key.pk)
    group.delete()
    charlie.delete()
    assert f"deleted user {number}" in {row.name for row in usage_by("user", MARCH)}
    assert f"deleted group {numbers[0]}" in {row.name for row in usage_by("group", MARCH)}
    assert f"deleted key {numbers[1]}" in {row.name for row in usage_by("key", MARCH)}


def test_keys_of_the_same_name_are_told_apart(alice: User, charlie: User) -> None:
    for user in (alice, charlie):
        used(user, api_key=ApiKey.objects.create(user=user, name="laptop", key_hash=user.username))
    assert [row.name for row in usage_by("key", MARCH)] == ["laptop (alice)", "laptop (charlie)"]


@pytest.mark.parametrize(
    ("costs", "words"),
    [
        ((), "$0.00"),
        ((0,), "$0.00"),
        ((None,), "unknown"),
        ((12_300_000_000,), "$12.30"),
        ((12_300_000_000, None), "$12.30+"),
        ((2**62, 2**62), "$9,223,372,036.85"),
    ],
)
def test_what_is_unknown_is_never_said_to_cost_nothing(
    alice: User, costs: tuple[int | None, ...], words: str
) -> None:
    for number, cost in enumerate(costs):
        used(alice, cost_nano_usd=cost, model_answered=f"m-{number}")
    assert total(usage_by("model", MARCH)).cost == words


@pytest.mark.parametrize(
    ("start", "end", "before"),
    [
        ("2026-03-14", "2026-03-14", ("2026-03-13", "2026-03-13")),
        ("2026-03-01", "2026-03-31", ("2026-01-29", "2026-02-28")),
        ("2028-03-01", "2028-03-01", ("2028-02-29", "2028-02-29")),
        ("2027-01-01", "2027-12-31", ("2026-01-01", "2026-12-31")),
    ],
)
def test_it_is_compared_with_as_many_days_just_before(start: str, end: str, before: tuple[str, str]) -> None:
    span = Span(date.fromisoformat(start), date.fromisoformat(end))
    assert (str(span.before.start), str(span.before.end)) == before
    assert span.before.days == span.days


def test_pages_of_rows_have_each_row_once_the_newest_first(alice: User) -> None:
    days = [DAY + timedelta(days=number * 3 % 5) for number in range(23)]
    made = [used(alice, day=day) for day in days]
    pages: list[list[int]] = []
    older: int | None = None
    while not pages or older:
        page = page_of_calls(MARCH, before=older, size=5)
        pages.append([call.pk for call in page.calls])
        older = page.older
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    expected = sorted(made, key=lambda call: (call.day, call.pk), reverse=True)
    assert [pk for page in pages for pk in page] == [call.pk for call in expected]


def test_a_page_behind_somebody_elses_row_is_the_first(alice: User, charlie: User) -> None:
    hers = [used(alice, day=DAY + timedelta(days=number)).pk for number in range(3)]
    his = used(charlie, day=DAY + timedelta(days=1)).pk
    only = Only(user=alice.pk)
    for before in (his, 10**17):
        assert [call.pk for call in page_of_calls(MARCH, only, before=before).calls] == hers[::-1]
    assert [call.pk for call in page_of_calls(MARCH, only, before=hers[1]).calls] == hers[:1]


def test_ones_conversations_are_ones_own_with_most_requests_first(alice: User, charlie: User) -> None:
    busy, quiet = (Conversation.objects.create(owner=alice, title=name) for name in ("Busy", "Quiet"))
    his = Conversation.objects.create(owner=charlie, title="His")
    gone = Conversation.objects.create(owner=alice, title="Gone")
    kinds: list[tuple[Conversation, dict[str, Any]]] = [
        (busy, {}),
        (busy, {"status": "failed"}),
        (busy, {"cost_nano_usd": None, "usage_source": "estimate"}),
        (quiet, {"day": DAY + timedelta(days=1)}),
        (gone, {}),
    ]
    for conversation, more in kinds:
        used(alice, conversation_id=conversation.pk, **more)
    used(alice, conversation_id=busy.pk, day=date(2026, 2, 1))
    used(charlie, conversation_id=his.pk)
    used(alice)
    gone.delete_with_undo()
    gone.purge()
    rows = usage_by_conversation(alice, MARCH, limit=2)
    assert [row.name for row in rows] == ["Busy", ""]
    assert sums(rows[0]) == (3, 90, 3_000_000_000, 1, 1, 1)
    assert [row.name for row in usage_by_conversation(alice, MARCH, limit=9)] == ["Busy", "", "Quiet"]


def test_nothing_is_limited_by_itself() -> None:
    assert EVERYTHING.chosen == EVERYTHING.of_totals == {}
    assert Only(group=0).chosen == {"group": 0}
