"""The audit trail: who may read it, its sentences, its filters, its pages and its CSV."""

import asyncio
import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib import admin
from django.db import connections
from django.http import QueryDict
from django.test import AsyncClient, Client

from chat.accounts.reading import GROUPS, Wanted, entry_rows, page_of_entries
from chat.forms import AuditForm
from chat.models import Action, AuditEntry, User

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
record = AuditEntry.objects.record


def at(moment: datetime, action: Action = Action.EXPORTED, **more: Any) -> AuditEntry:
    entry = record(action, **more)
    AuditEntry.objects.filter(pk=entry.pk).update(at=moment)
    return entry


def sentences(client: Client, query: str = "", status: int = 200) -> list[str]:
    """What each entry of the page says."""
    page = client.get(f"/audit/?{query}")
    assert page.status_code == status
    found = re.findall(r'<p class="trail-what">(.*?)</p>', page.content.decode(), re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", line)) for line in found]


def lines(user: User, query: str = "") -> list[dict[str, str]]:
    async def fetch() -> bytes:
        streaming = AsyncClient()
        await streaming.aforce_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answer = await streaming.get(f"/audit.csv?{query}")
        assert answer.status_code == 200
        whole = b"".join([block async for block in answer.streaming_content])
        await sync_to_async(connections.close_all)()  # of the thread in which the lines were made
        return whole

    return list(csv.DictReader(io.StringIO(asyncio.run(fetch()).decode())))


@pytest.mark.parametrize("path", ["/audit/", "/audit.csv"])
def test_refusals(guest: Client, charlies: Client, bobs: Client, path: str) -> None:
    assert guest.get(path).status_code == 302
    assert charlies.get(path).status_code == 404
    assert bobs.get(path).status_code == 200
    for client in (guest, charlies, bobs):
        assert client.post(path).status_code == 405


def test_the_menu_leads_staff_to_it_and_nobody_else(alices: Client, bobs: Client) -> None:
    assert 'href="/audit/"' in bobs.get("/conversations/").content.decode()
    assert 'href="/audit/"' not in alices.get("/conversations/").content.decode()


def test_an_entry_is_a_sentence(bobs: Client, alice: User, bob: User) -> None:
    AuditEntry.objects.all().delete()
    record(Action.BUDGET_SET, actor=bob, subject=alice, detail="5 requests a day")
    record(Action.EXPORTED, actor=alice, detail="conversation 7 as JSON", address="192.0.2.7")
    record(Action.LOG_IN_FAILED, subject=alice)
    record(Action.LOG_IN_FAILED)
    record(Action.BUDGET_GRANTED, actor=bob, subject=alice, detail="5 requests a day: 2 requests more")
    AuditEntry.objects.record_at_console(Action.EXPORTED, subject=alice, detail="all conversations")
    AuditEntry.objects.record_at_console(Action.USER_CREATED, subject=bob)
    assert sentences(bobs) == [
        "The command line created an account of bob",
        "The command line exported all conversations of alice",
        "bob granted more to alice: 5 requests a day: 2 requests more",
        "A guest failed to log in",
        "A guest failed to log in as alice",
        "alice exported conversation 7 as JSON",
        "bob set a budget of alice: 5 requests a day",
    ]
    assert "192.0.2.7" in bobs.get("/audit/").content.decode()


def test_who_is_erased_is_a_number_that_can_be_asked_for(bobs: Client, alice: User, bob: User) -> None:
    number = alice.pk
    record(Action.USAGE_SEEN, actor=bob, subject=alice)
    record(Action.EXPORTED, actor=alice, detail="all conversations")
    alice.delete()
    told = [
        f"deleted user {number} exported all conversations",
        f"bob looked at usage of deleted user {number}",
    ]
    assert sentences(bobs, f"who=deleted+user+{number}") == told
    assert f"?who=deleted%20user%20{number}" in bobs.get("/audit/").content.decode()


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("who=alice", [3, 2, 1]),
        ("who=ALICE", [3, 2, 1]),
        ("who=charlie", []),
        ("action=budgets", [2]),
        ("action=log-ins", [4]),
        ("action=failed+log-ins", [4]),
        ("who=alice&action=budgets", [2]),
        ("who=alice&action=prices", []),
        ("from=2026-03-14&to=2026-03-14", [2, 1]),
        ("from=2026-03-15&to=2026-03-15", [3]),
        ("to=2026-03-14", [2, 1]),
        ("to=2026-03-14&who=alice&action=budgets", [2]),
        ("from=2000-01-01&to=2099-12-31&who=alice", [3, 2, 1]),
    ],
)
def test_filters(bobs: Client, alice: User, bob: User, charlie: User, query: str, numbers: list[int]) -> None:
    AuditEntry.objects.all().delete()  # of bob's own log-in
    at(NOON, actor=alice, detail="1")
    at(NOON + timedelta(hours=11, minutes=59), Action.BUDGET_SET, actor=bob, subject=alice, detail="2")
    at(NOON + timedelta(hours=12), actor=alice, subject=alice, detail="3")
    at(datetime(2026, 3, 16, tzinfo=UTC), Action.LOG_IN_FAILED, detail="4")
    told = [int(re.findall(r"[0-9]", line)[-1]) for line in sentences(bobs, query)]
    assert told == numbers
    form = AuditForm(QueryDict(query))
    assert form.is_valid()
    details = [row[4] for row in entry_rows(form.wanted())]
    assert details == list(map(str, numbers))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("who=nobody", "There is no user “nobody”."),
        (f"who={'x' * 151}", "No user name is as long as that."),
        ("action=gossip", "“action” is one of: everything, log-ins, failed log-ins, accounts"),
        ("from=yesterday", "A day is written as 2026-11-23."),
        ("from=0001-01-01", "A day lies between 2000-01-01 and 2099-12-31."),
        ("to=9999-12-31", "A day lies between 2000-01-01 and 2099-12-31."),
        ("from=2026-03-15&to=2026-03-14", "The first day lies after the last one."),
        ("who=%00", "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_and_kept(bobs: Client, query: str, sentence: str) -> None:
    page = bobs.get(f"/audit/?{query}")
    assert page.status_code == 422
    assert sentence in unescape(page.content.decode())
    refused = bobs.get(f"/audit.csv?{query}")
    assert (refused.status_code, refused["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert sentence in refused.content.decode()


@pytest.mark.parametrize("before", ["x", "-1", "1" * 19])
def test_a_page_begins_behind_a_number(bobs: Client, before: str) -> None:
    assert bobs.get(f"/audit/?before={before}").status_code == 404


@pytest.mark.parametrize("query", ["", "who=alice", "action=shares", "who=alice&action=shares"])
def test_pages_have_every_entry_once(bobs: Client, alice: User, bob: User, query: str) -> None:
    AuditEntry.objects.all().delete()
    mixed = [(Action.SHARED, alice, alice), (Action.SHARE_ENDED, bob, alice), (Action.SHARED, alice, None)]
    for number in range(250):
        action, actor, subject = mixed[number % 3]
        record(action, actor=actor, subject=subject, detail=f"number {number}")
    told: list[str] = []
    url: str | None = f"/audit/?{query}"
    while url:
        page = bobs.get(url).content.decode()
        told += re.findall(r"number ([0-9]+)", page)
        older = re.search(r'href="([^"]*)">Older entries', page)
        url = unescape(older[1]) if older else None
        assert len(told) in {100, 200, 250}
    assert told == [str(number) for number in reversed(range(250))]


def test_names_and_details_are_text(bobs: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(username="<b>alice</b>")
    record(Action.EXPORTED, actor=alice, detail="<script>alert(1)</script>")
    page = bobs.get("/audit/").content.decode()
    assert "<b>alice" not in page
    assert "<script>alert" not in page
    assert "who=%3Cb%3Ealice%3C/b%3E" in page


@pytest.mark.django_db(transaction=True)
def test_the_csv_has_columns_and_no_formulas_and_is_itself_entered(bob: User, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(username="=alice")
    at(NOON, Action.BUDGET_SET, actor=alice, subject=bob, detail="+1", address="192.0.2.7")
    AuditEntry.objects.record_at_console(Action.PRICE_SET, detail="@m")
    last = lines(bob, "action=budgets")
    assert last == [
        {
            "time": "2026-03-14T12:00:00.000Z",
            "actor": "'=alice",
            "action": "budget_set",
            "subject": "bob",
            "detail": "'+1",
            "address": "192.0.2.7",
        }
    ]
    newest = next(iter(lines(bob)))
    assert (newest["actor"], newest["action"], newest["detail"]) == ("bob", "exported", "the audit trail")
    console = [line for line in lines(bob) if line["action"] == "price_set"]
    assert [(line["actor"], line["detail"]) for line in console] == [("the command line", "'@m")]


def test_every_action_can_be_asked_for() -> None:
    assert set(Action) == {action for actions in GROUPS.values() for action in actions}


def test_nothing_changes_an_entry() -> None:
    assert AuditEntry not in admin.site._registry


def test_a_page_costs_the_same_for_many_entries(
    alice: User, bob: User, django_assert_num_queries: Any
) -> None:
    for number in range(30):
        record(Action.SHARED, actor=alice, subject=bob, detail=str(number))
    with django_assert_num_queries(1):
        page_of_entries(Wanted())
    with django_assert_num_queries(2):
        page_of_entries(Wanted(who=bob.pk, actions=GROUPS["shares"]))
