"""What the address of everyone's usage says: days, filters, the order, what is compared."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client

from chat.models import User
from tests.usage.used import used
from tests.views.usage_shown import MARCH, figure

STAFF_ONLY = ["/usage/all/", "/usage/calls/", "/usage/all.csv", "/usage/all.json"]


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
