"""The ledger's rows behind a figure, and what they show of a request."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client

from chat.models import ApiKey, CallDetail, Conversation, User
from tests.usage.used import used
from tests.views.usage_shown import MARCH, lines, links, rows_of


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
