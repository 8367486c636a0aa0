"""The usage pages and the CSV."""

import asyncio
import csv
import io
import json
import re
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient, Client
from django.utils import timezone
from django.utils.html import escape

from chat.models import Action, ApiKey, AuditEntry, Budget, BudgetRequest, CallDetail, Conversation, User
from chat.usage import CSV_COLUMNS
from tests.usage.used import DAY, used


def streamed(user: User, address: str) -> bytes:
    """A file as a browser gets it: in blocks, made in the request's own thread."""

    async def fetch() -> bytes:
        browser = AsyncClient()
        await browser.aforce_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answer = await browser.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        blocks = [block async for block in answer.streaming_content]
        await sync_to_async(connections.close_all)()  # the thread keeps its connection, also beyond the tests
        return b"".join(blocks)

    return asyncio.run(fetch())


def lines(user: User, query: str = "from=2026-03-14&to=2026-03-14") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(streamed(user, f"/usage/all.csv?{query}").decode())))


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


def test_totals_of_many_rows_cost_as_many_queries_as_of_one(
    bobs: Client,
    alice: User,
    charlie: User,
    django_assert_max_num_queries: Any,
    django_assert_num_queries: Any,
) -> None:
    address = "/usage/all/?from=2026-03-01&to=2026-03-31"
    used(alice)
    with django_assert_max_num_queries(19) as of_one:
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
    rows = lines(bob, "from=2026-03-01&to=2026-03-31")
    page = bobs.get("/usage/all/?from=2026-03-01&to=2026-03-31").content.decode()
    closed = [row for row in rows if row["status"] != "running"]
    assert figure(page, "Requests") == str(len(rows))
    assert figure(page, "Tokens in") == str(sum(int(row["prompt_tokens"]) for row in closed))
    assert figure(page, "Cost") == f"${sum(float(row['cost_usd']) for row in closed):.2f}"


STAFF_ONLY = ["/usage/all/", "/usage/calls/", "/usage/all.csv", "/usage/all.json"]
MARCH = "from=2026-03-01&to=2026-03-31"


def objects(user: User, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(streamed(user, f"/usage/all.json?{query}"))
    return found


def links(page: str) -> list[str]:
    """Where the figures of a page lead."""
    return [unescape(link) for link in re.findall(r'<a href="(/usage/calls/[^"]*)"', page)]


def rows_of(page: str) -> int:
    """How many ledger rows a page of them has."""
    return page.count('<tr>\n  <th scope="row"><time')


@pytest.mark.parametrize("path", STAFF_ONLY)
def test_what_is_everyones_is_for_staff(guest: Client, charlies: Client, bobs: Client, path: str) -> None:
    assert guest.get(path).status_code == 302
    assert charlies.get(path).status_code == 404
    assert bobs.post(path).status_code == 405
    assert bobs.head(path).status_code == 200


@pytest.mark.parametrize("path", STAFF_ONLY)
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=tomorrow", "A day is written as 2026-11-23."),
        ("from=0001-01-01&to=9999-12-31", "A day lies between 2000-01-01 and 2099-12-31."),
        ("from=1999-12-31", "A day lies between 2000-01-01 and 2099-12-31."),
        ("from=2026-03-02&to=2026-03-01", "The first day lies after the last one."),
        ("by=mood", "“by” is one of: user, group, model, source, key, status."),
        ("show=pain", "“show” is one of: requests, tokens, cost."),
        ("sort=luck", "“sort” is one of: requests, tokens-in,"),
        ("user=alice", "A user, a group and a key are given by their numbers."),
        ("key=-1", "A user, a group and a key are given by their numbers."),
        ("group=99999999999999999999", "A user, a group and a key are given by their numbers."),
        ("source=mouth", "“source” is one of: chat, title, summary, api."),
        ("status=lost", "“status” is one of: running, done, stopped, interrupted, failed, unfinished."),
        (f"model={'m' * 201}", "at most 200 characters"),
        ("model=%00", "Null characters are not allowed."),
    ],
)
def test_what_an_address_cannot_say_gets_a_sentence(
    bobs: Client, path: str, query: str, sentence: str
) -> None:
    answer = bobs.get(f"{path}?{query}")
    assert answer.status_code == 422
    assert sentence in unescape(answer.content.decode())
    assert bobs.get(f"/usage/?{query}").status_code in {200, 422}


def test_what_is_right_of_an_address_stays_where_a_part_is_wrong(bobs: Client, alice: User) -> None:
    used(alice)
    page = bobs.get(f"/usage/all/?{MARCH}&by=model&source=chat&status=lost").content.decode()
    assert '<h2 id="chart">By model</h2>' in page
    assert "Source: chat" in page
    assert figure(page, "Requests") == "1"


@pytest.mark.parametrize("query", ["from=2000-01-01&to=2099-12-31", "from=2000-01-01&to=2000-01-01"])
def test_the_longest_and_the_earliest_days_are_shown(bobs: Client, alice: User, query: str) -> None:
    used(alice)
    for path in ("/usage/all/", "/usage/calls/", "/usage/"):
        assert bobs.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("by", ["user", "group", "model", "source", "key", "status"])
def test_every_figure_leads_to_the_rows_behind_it(bobs: Client, alice: User, charlie: User, by: str) -> None:
    key = ApiKey.objects.create(user=charlie, name="laptop", key_hash="1")
    for status in ("done", "done", "failed", "interrupted", "running"):
        used(alice, status=status, model_answered="" if status == "running" else "m-1")
    used(charlie, api_key=key, source="api", usage_source="estimate")
    used(charlie, day=date(2026, 2, 1))
    page = bobs.get(f"/usage/all/?{MARCH}&by={by}&show=cost&sort=name").content.decode()
    body = page.split('class="usage-table"')[1]
    for row in body.split("<tr>")[2:]:
        requests, *others = re.findall(r'<td class="number"><a href="([^"]*)"[^>]*>([^<]*)</a>', row)
        for link, _ in (requests, *others):
            shown = rows_of(bobs.get(unescape(link)).content.decode())
            unfinished = "status=unfinished" in link
            assert shown == (int(others[-5][1]) if unfinished else int(requests[1]))
    for link in links(page.split('class="usage-table"')[0]):
        assert rows_of(bobs.get(link).content.decode()) == (2 if "unfinished" in link else 6)


def test_a_row_leads_to_its_own_page_which_can_be_left_again(
    bobs: Client, alice: User, charlie: User
) -> None:
    used(alice)
    used(charlie, model_answered="m-2")
    page = bobs.get(f"/usage/all/?{MARCH}&show=cost").content.decode()
    (own,) = re.findall(r'<a href="([^"]*)">charlie</a>', page)
    hers = bobs.get(unescape(own)).content.decode()
    assert '<h2 id="chart">By model</h2>' in hers
    assert "m-2" in hers
    assert "m-1" not in hers
    assert figure(hers, "Requests") == "1"
    (off,) = re.findall(r'<a class="filter" href="([^"]*)">User: charlie', hers)
    assert figure(bobs.get(unescape(off)).content.decode(), "Requests") == "2"
    assert {"show=cost", "from=2026-03-01"} <= set(unescape(off).split("?")[1].split("&"))


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("", "often"),
        ("name", "asks"),
        ("tokens-in", "asks"),
        ("tokens-out", "tells"),
        ("cost", "dear"),
        ("estimated", "guessed"),
        ("unfinished", "broken"),
        ("requests", "often"),
    ],
)
def test_the_table_is_sorted_as_the_address_says(bobs: Client, alice: User, sort: str, first: str) -> None:
    plain: dict[str, Any] = {"cost_nano_usd": 1, "prompt_tokens": 1, "completion_tokens": 1}
    for model, more in (
        ("often", {}),
        ("often", {}),
        ("asks", {"prompt_tokens": 9}),
        ("tells", {"completion_tokens": 9}),
        ("dear", {"cost_nano_usd": 9}),
        ("guessed", {"usage_source": "estimate"}),
        ("broken", {"status": "failed"}),
    ):
        used(alice, model_answered=model, **(plain | more))
    page = bobs.get(f"/usage/all/?{MARCH}&by=model&sort={sort}").content.decode()
    table = page.split('class="usage-table"')[1]
    assert re.findall(r'<th scope="row" class="name"><a [^>]*>([^<]*)', table)[0] == first
    assert table.count("aria-sort") == 1


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [(3, 2, "+50 %"), (2, 3, "−33 %"), (2, 2, "as before"), (2, 0, "none before"), (201, 200, "+0.5 %")],  # noqa: RUF001
)
def test_it_is_compared_with_the_days_before(
    bobs: Client, alice: User, now: int, before: int, words: str
) -> None:
    used(alice, prompt_tokens=now)
    used(alice, prompt_tokens=before, day=date(2026, 3, 13))
    page = bobs.get("/usage/all/?from=2026-03-14&to=2026-03-14").content.decode()
    assert re.search(rf'Tokens in</dt><dd>.*?</dd><dd class="change">{re.escape(words)}</dd>', page)
    assert "Changes are against the 1 day before." in page


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (None, [], "none before"),
        (None, [None], "cannot be compared"),
        (5, [None], "cannot be compared"),
        (None, [5], "cannot be compared"),
        (5, [5], "as before"),
    ],
)
def test_a_cost_that_nobody_knows_is_not_compared(
    bobs: Client, alice: User, now: int | None, before: list[int | None], words: str
) -> None:
    used(alice, cost_nano_usd=now)
    for cost in before:
        used(alice, cost_nano_usd=cost, day=date(2026, 3, 13))
    page = bobs.get("/usage/all/?from=2026-03-14&to=2026-03-14").content.decode()
    assert re.search(rf'Cost</dt><dd>.*?</dd><dd class="change">{words}</dd>', page)


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


def test_numbers_of_rows_are_shown_and_nothing_that_was_said(bobs: Client, alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="A secret title")
    call = used(
        alice,
        conversation=conversation,
        reply_id=4711,
        status="failed",
        error="bad_request",
        http_status=400,
    )
    CallDetail.objects.keep(call, "your message “a secret text” is too long")
    for path in ("/usage/all/", "/usage/calls/"):
        page = bobs.get(f"{path}?{MARCH}").content.decode()
        assert "secret" not in page
    assert "4711" in page
    assert "bad_request 400" in page


def test_rows_come_by_the_hundred(bobs: Client, alice: User) -> None:
    for _ in range(101):
        used(alice)
    page = bobs.get(f"/usage/calls/?{MARCH}&source=chat").content.decode()
    assert rows_of(page) == 100
    (older,) = re.findall(r'href="([^"]*before=[^"]*)"', page)
    last = bobs.get(unescape(older)).content.decode()
    assert rows_of(last) == 1
    assert "Older requests" not in last


@pytest.mark.parametrize("before", ["x", "-1", "9" * 19])
def test_behind_what_is_no_row_is_nothing(bobs: Client, before: str) -> None:
    assert bobs.get(f"/usage/calls/?before={before}").status_code == 404


def seen() -> list[tuple[int | None, int | None]]:
    looks = AuditEntry.objects.filter(action=Action.USAGE_SEEN).order_by("pk")
    return list(looks.values_list("actor", "subject"))


@pytest.mark.parametrize("path", ["/usage/all/", "/usage/calls/"])
def test_who_looks_at_one_persons_usage_is_in_the_trail_once_an_hour(
    bobs: Client, bob: User, alice: User, charlie: User, path: str
) -> None:
    key = ApiKey.objects.create(user=charlie, name="laptop", key_hash="1")
    bobs.get(path)
    bobs.get(f"{path}?by=user&model=m")
    bobs.get(f"{path}?user={bob.pk}")
    bobs.get(f"{path}?user=0")
    assert seen() == []
    for _ in range(2):
        bobs.get(f"{path}?user={alice.pk}")
        bobs.get(f"{path}?key={key.pk}")
    assert seen() == [(bob.pk, alice.pk), (bob.pk, charlie.pk)]
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        bobs.get(f"{path}?user={alice.pk}&by=model")
    assert seen()[2:] == [(bob.pk, alice.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_download_is_in_the_trail_with_its_days(bobs: Client, bob: User, alice: User) -> None:
    lines(bob, MARCH)
    objects(bob, f"{MARCH}&user={alice.pk}")
    entries = AuditEntry.objects.order_by("pk").exclude(action=Action.LOGGED_IN)
    assert list(entries.values_list("action", "subject", "detail")) == [
        (Action.EXPORTED, None, "usage, 2026-03-01 to 2026-03-31"),
        (Action.USAGE_SEEN, alice.pk, ""),
        (Action.EXPORTED, None, "usage, 2026-03-01 to 2026-03-31"),
    ]


def test_the_pace_stands_first_with_each_shared_budget(bobs: Client, alice: User) -> None:
    for whose in ({}, {"user": alice}):
        Budget.objects.create(period="month", unit="requests", limit=40, **whose)
    page = bobs.get("/usage/all/").content.decode()
    assert page.index('id="pace"') < page.index('id="span"') < page.index('id="chart"')
    assert "The budget of everyone for this month" in page
    assert "Your budget" not in page
    assert "0 of 40 requests" in page


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "Requests for more"), (1, "1 request for more waits"), (2, "2 requests for more wait")],
)
def test_it_says_how_many_wait_for_an_answer(
    bobs: Client, alice: User, charlie: User, number: int, words: str
) -> None:
    of = Budget.objects.create(period="month", unit="requests", limit=40)
    for user in (alice, charlie)[:number]:
        BudgetRequest.objects.create(user=user, budget=of, reason="More")
    assert words in bobs.get("/usage/all/").content.decode()


def test_a_site_where_nothing_was_asked_says_so(bobs: Client) -> None:
    page = bobs.get("/usage/all/").content.decode()
    assert "Nothing was asked in these days." in page
    assert "data-chart" not in page
    assert "Nothing was asked." in bobs.get("/usage/calls/").content.decode()


def test_hostile_names_are_text(bobs: Client, alice: User) -> None:
    name = "<img src=x onerror=alert(1)>"
    used(alice, model_answered=name)
    for query in ("by=model", f"by=user&model={quote(name)}"):
        page = bobs.get(f"/usage/all/?{MARCH}&{query}").content.decode()
        assert "<img src=x" not in page
        assert escape(name) in page


@pytest.mark.parametrize(("path", "kind"), [("csv", "text/csv; charset=utf-8"), ("json", "application/json")])
def test_a_file_is_an_attachment_named_by_its_days(bobs: Client, path: str, kind: str) -> None:
    answer = bobs.head(f"/usage/all.{path}?{MARCH}")
    assert answer["Content-Type"] == kind
    assert answer["X-Content-Type-Options"] == "nosniff"
    named = f"parley-usage-2026-03-01-2026-03-31.{path}"
    assert answer["Content-Disposition"] == f"attachment; filename=\"{named}\"; filename*=UTF-8''{named}"


@pytest.mark.django_db(transaction=True)
def test_what_an_erased_user_and_a_deleted_key_used_is_found_by_their_numbers(
    bobs: Client, bob: User, alice: User
) -> None:
    key = ApiKey.objects.create(user=alice, name="Hers", prefix="pk-hers", key_hash="0")
    used(alice, api_key=key)
    number, number_of_key = alice.pk, key.pk
    alice.delete()
    query = f"{MARCH}&user={number}&key={number_of_key}"
    assert [line["user"] for line in lines(bob, query)] == [f"deleted user {number}"]
    page = bobs.get(f"/usage/calls/?{query}").content.decode()
    assert rows_of(page) == 1
    assert f"deleted key {number_of_key}" in page
