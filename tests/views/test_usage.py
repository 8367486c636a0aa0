"""The usage pages and the CSV."""

import asyncio
import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.test import AsyncClient, Client

from chat.models import Conversation, User
from chat.usage import CSV_COLUMNS
from tests.usage.used import DAY, used


def lines(client: Client, user: User, query: str = "from=2026-03-14&to=2026-03-14") -> list[dict[str, str]]:
    """The CSV as a browser gets it: streamed."""

    async def fetch() -> bytes:
        streaming = AsyncClient()
        await streaming.aforce_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answer = await streaming.get(f"/usage/all.csv?{query}", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        return b"".join([block async for block in answer.streaming_content])

    return list(csv.DictReader(io.StringIO(asyncio.run(fetch()).decode())))


def figure(page: str, name: str) -> str:
    """A total of a page, with or without a link to what is behind it."""
    found = re.search(rf"<dt>{name}</dt><dd>(?:<a [^>]*>)?([^<]*)<", page)
    assert found, name
    return found[1]


@pytest.mark.parametrize("path", ["/usage/all/", "/usage/all.csv"])
def test_everyones_usage_is_for_staff(guest: Client, charlies: Client, path: str) -> None:
    assert guest.get(path).status_code == 302
    assert charlies.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/usage/", "/usage/all/", "/usage/all.csv"])
def test_nothing_is_changed_by_a_post(bobs: Client, path: str) -> None:
    assert bobs.post(path).status_code == 405


def test_one_sees_ones_own(alices: Client, alice: User, charlie: User) -> None:
    used(alice)
    used(charlie, model_answered="his-model")
    page = alices.get("/usage/?from=2026-03-14&to=2026-03-14").content.decode()
    assert "$1.50" in page
    assert "his-model" not in page


def test_staff_see_everyone_by_user_and_model(bobs: Client, alice: User, charlie: User) -> None:
    used(alice)
    used(charlie, cost_nano_usd=None)
    page = bobs.get("/usage/all/?from=2026-03-01&to=2026-03-31").content.decode()
    assert "alice" in page
    assert "unknown" in page
    assert "$1.50+" in page


def test_what_was_interrupted_did_not_finish_and_what_was_stopped_did(bobs: Client, alice: User) -> None:
    for status in ("failed", "interrupted", "stopped", "done"):
        used(alice, status=status)
    page = bobs.get("/usage/all/?from=2026-03-14&to=2026-03-14").content.decode()
    assert "2 requests</a> did not finish." in page
    assert "failed" not in page.lower()


def test_both_days_are_included(bobs: Client, bob: User, alice: User) -> None:
    used(alice)
    used(alice, day=date(2026, 3, 13))
    used(alice, day=date(2026, 3, 15))
    page = bobs.get("/usage/all/?from=2026-03-14&to=2026-03-15").content.decode()
    assert "$3.00" in page


@pytest.mark.parametrize("query", ["from=tomorrow", "from=2026-02-30", "from=2026-03-02&to=2026-03-01"])
def test_a_day_that_is_none_gets_a_sentence(bobs: Client, query: str) -> None:
    for path in ("/usage/", "/usage/all/", "/usage/all.csv"):
        answer = bobs.get(f"{path}?{query}")
        assert answer.status_code == 422
        assert "day" in answer.content.decode().lower()


@pytest.mark.django_db(transaction=True)
def test_the_csv_has_its_columns_in_order_and_times_in_utc(bobs: Client, bob: User, alice: User) -> None:
    call = used(alice, conversation_id=7, reply_id=91, ttft_ms=12, duration_ms=345, http_status=200)
    (line,) = lines(bobs, bob)
    assert tuple(line) == CSV_COLUMNS
    assert line["time"] == "2026-03-14T09:26:53.589Z"
    assert line["cost_usd"] == "1.500000000"
    assert [line[name] for name in ("user", "conversation", "reply")] == ["alice", "7", "91"]
    assert call.usage_source == line["usage_source"]


@pytest.mark.django_db(transaction=True)
def test_an_unknown_cost_is_empty(bobs: Client, bob: User, alice: User) -> None:
    used(alice, cost_nano_usd=None)
    assert lines(bobs, bob)[0]["cost_usd"] == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_cell_is_never_a_formula(bobs: Client, bob: User, alice: User, start: str) -> None:
    used(alice, model_requested=f"{start}cmd|'/C calc'!A0")
    assert lines(bobs, bob)[0]["model_requested"] == f"'{start}cmd|'/C calc'!A0"


@pytest.mark.django_db(transaction=True)
def test_rows_outlive_chats_and_users(bobs: Client, bob: User, alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Gone")
    used(alice, conversation=conversation)
    number, number_of_conversation = alice.pk, str(conversation.pk)
    alice.delete()
    (line,) = lines(bobs, bob)
    assert line["user"] == f"deleted user {number}"
    assert line["conversation"] == number_of_conversation
    assert f"deleted user {number}" in bobs.get("/usage/all/?from=2026-03-01&to=2026-03-31").content.decode()


def test_totals_of_many_rows_cost_as_many_queries_as_of_one(
    bobs: Client,
    alice: User,
    charlie: User,
    django_assert_max_num_queries: Any,
    django_assert_num_queries: Any,
) -> None:
    address = "/usage/all/?from=2026-03-01&to=2026-03-31"
    used(alice)
    with django_assert_max_num_queries(16) as of_one:
        bobs.get(address)
    for number in range(20):
        used(alice if number % 2 else charlie, model_requested=f"m{number % 5}")
    with django_assert_num_queries(len(of_one)):
        bobs.get(address)


def test_staff_see_how_long_half_and_nearly_all_took(bobs: Client, alice: User) -> None:
    for _ in range(9):
        used(alice, ttft_ms=100, duration_ms=3000)
    used(alice, ttft_ms=6000, duration_ms=100_000)
    page = bobs.get("/usage/all/?from=2026-03-14&to=2026-03-14").content.decode()
    times = [float(told.replace(",", "")) for told in re.findall(r"([\d.,]+) s</a></td>", page)]
    assert times == pytest.approx([0.1, 6, 3, 100], rel=0.42)


def test_what_was_not_timed_is_said_to_have_no_time(bobs: Client, alice: User) -> None:
    used(alice)
    page = bobs.get("/usage/all/?from=2026-03-14&to=2026-03-14").content.decode()
    assert page.count(">–</a></td>") == 4  # noqa: RUF001


@pytest.mark.parametrize("path", ["/usage/", "/usage/all/"])
def test_a_request_that_runs_is_one_already(alices: Client, alice: User, path: str) -> None:
    alice.is_staff = True
    alice.save()
    used(alice)
    used(alice, status="running", model_answered="", cost_nano_usd=None)
    page = alices.get(f"{path}?from=2026-03-14&to=2026-03-14").content.decode()
    assert (figure(page, "Requests"), figure(page, "Cost")) == ("2", "$1.50")


@pytest.mark.django_db(transaction=True)
def test_the_page_is_the_sum_of_the_csv(bobs: Client, bob: User, alice: User, charlie: User) -> None:
    for number in range(12):
        used(
            alice if number % 2 else charlie,
            day=DAY if number % 3 else date(2026, 3, 20),
            status=("done", "failed", "running")[number % 3],
            prompt_tokens=number,
        )
    rows = lines(bobs, bob, "from=2026-03-01&to=2026-03-31")
    page = bobs.get("/usage/all/?from=2026-03-01&to=2026-03-31").content.decode()
    closed = [row for row in rows if row["status"] != "running"]
    assert figure(page, "Requests") == str(len(rows))
    assert figure(page, "Tokens in") == str(sum(int(row["prompt_tokens"]) for row in closed))
    assert figure(page, "Cost") == f"${sum(float(row['cost_usd']) for row in closed):.2f}"
