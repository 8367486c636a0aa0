"""Usage as a file: the ledger's rows as CSV and JSON, streamed."""

from datetime import date

import pytest
from django.test import Client

from chat.models import Conversation, User
from chat.usage import CSV_COLUMNS
from tests.usage.used import DAY, used
from tests.views.usage_shown import MARCH, figure, lines, objects


@pytest.mark.django_db(transaction=True)
def test_the_csv_has_its_columns_in_order_and_times_in_utc(bobs: Client, bob: User, alice: User) -> None:
    call = used(alice, conversation_id=7, reply_id=91, ttft_ms=12, duration_ms=345, http_status=200)
    (line,) = lines(bob)
    assert tuple(line) == CSV_COLUMNS
    assert line["time"] == "2026-03-14T09:26:53.589Z"
    assert line["cost_usd"] == "1.500000000"
    assert [line[name] for name in ("user", "conversation", "reply")] == ["alice", "7", "91"]
    assert call.usage_source == line["usage_source"]


@pytest.mark.django_db(transaction=True)
def test_an_unknown_cost_is_empty(bobs: Client, bob: User, alice: User) -> None:
    used(alice, cost_nano_usd=None)
    assert lines(bob)[0]["cost_usd"] == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_cell_is_never_a_formula(bobs: Client, bob: User, alice: User, start: str) -> None:
    used(alice, model_requested=f"{start}cmd|'/C calc'!A0")
    assert lines(bob)[0]["model_requested"] == f"'{start}cmd|'/C calc'!A0"


@pytest.mark.django_db(transaction=True)
def test_rows_outlive_chats_and_users(bobs: Client, bob: User, alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Gone")
    used(alice, conversation=conversation)
    number, number_of_conversation = alice.pk, str(conversation.pk)
    alice.delete()
    (line,) = lines(bob)
    assert line["user"] == f"deleted user {number}"
    assert line["conversation"] == number_of_conversation
    assert f"deleted user {number}" in bobs.get("/usage/all/?from=2026-03-01&to=2026-03-31").content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_page_is_the_sum_of_the_csv(bobs: Client, bob: User, alice: User, charlie: User) -> None:
    for number in range(12):
        used(
            alice if number % 2 else charlie,
            day=DAY if number % 3 else date(2026, 3, 20),
            status=("done", "failed", "running")[number % 3],
            prompt_tokens=number,
        )
    rows = lines(bob, "from=2026-03-01&to=2026-03-31")
    page = bobs.get("/usage/all/?from=2026-03-01&to=2026-03-31").content.decode()
    closed = [row for row in rows if row["status"] != "running"]
    assert figure(page, "Requests") == str(len(rows))
    assert figure(page, "Tokens in") == str(sum(int(row["prompt_tokens"]) for row in closed))
    assert figure(page, "Cost") == f"${sum(float(row['cost_usd']) for row in closed):.2f}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("only", ["", "&model=m-1", "&status=unfinished", "&source=api&group=0"])
def test_page_csv_and_json_have_the_same_sums(
    bobs: Client, bob: User, alice: User, charlie: User, only: str
) -> None:
    for number in range(12):
        used(
            alice if number % 2 else charlie,
            source=("chat", "api")[number % 2],
            status=("done", "failed", "interrupted")[number % 3],
            model_answered=f"m-{number % 4}",
            prompt_tokens=number,
            cost_nano_usd=None if number == 5 else number * 10**9,
        )
    query = f"{MARCH}{only}"
    table, told = lines(bob, query), objects(bob, query)
    assert [tuple(line) for line in table] == [CSV_COLUMNS] * len(table)
    assert [["" if value is None else str(value) for value in row.values()] for row in told] == [
        list(line.values()) for line in table
    ]
    page = bobs.get(f"/usage/all/?{query}").content.decode()
    assert figure(page, "Requests") == str(len(told))
    assert figure(page, "Tokens in") == str(sum(row["prompt_tokens"] for row in told))
    cost = sum(float(row["cost_usd"]) for row in told if row["cost_usd"])
    unknown = any(row["cost_usd"] is None for row in told)
    assert figure(page, "Cost") == f"${cost:.2f}{'+' if unknown else ''}"


@pytest.mark.django_db(transaction=True)
def test_a_json_of_nothing_is_an_empty_list(bobs: Client, bob: User) -> None:
    assert objects(bob, MARCH) == []


@pytest.mark.parametrize(("path", "kind"), [("csv", "text/csv; charset=utf-8"), ("json", "application/json")])
def test_a_file_is_an_attachment_named_by_its_days(bobs: Client, path: str, kind: str) -> None:
    answer = bobs.head(f"/usage/all.{path}?{MARCH}")
    assert answer["Content-Type"] == kind
    assert answer["X-Content-Type-Options"] == "nosniff"
    named = f"parley-usage-2026-03-01-2026-03-31.{path}"
    assert answer["Content-Disposition"] == f"attachment; filename=\"{named}\"; filename*=UTF-8''{named}"
