"""The usage pages: one's own and everyone's."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils.html import escape

from chat.models import Budget, BudgetRequest, User
from tests.usage.used import used
from tests.views.usage_shown import MARCH, figure

STAFF_ONLY = ["/usage/all/", "/usage/calls/", "/usage/all.csv", "/usage/all.json"]


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


@pytest.mark.parametrize("path", STAFF_ONLY)
def test_what_is_everyones_is_for_staff(guest: Client, charlies: Client, bobs: Client, path: str) -> None:
    assert guest.get(path).status_code == 302
    assert charlies.get(path).status_code == 404
    assert bobs.post(path).status_code == 405
    assert bobs.head(path).status_code == 200


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
