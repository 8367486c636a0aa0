"""One's own usage: budgets, days, conversations, models and each request, and nobody else's."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client

from chat.models import Budget, Conversation, User
from chat.usage import hold_counters
from tests.usage.used import DAY, used

MARCH = "/usage/?from=2026-03-01&to=2026-03-31"


def words(page: str) -> list[str]:
    """What can be read of it."""
    return re.sub(r"<[^>]*>", "\n", page.split("<main")[1]).split()


def test_a_guest_logs_in_first(guest: Client) -> None:
    answer = guest.get("/usage/")
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/usage/")


def test_nobody_sees_anybody_elses_not_even_staff(
    bobs: Client, charlies: Client, alice: User, charlie: User
) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Hers")
    used(alice, conversation=conversation, model_answered="her-model")
    used(charlie, model_answered="his-model")
    for browser in (bobs, charlies):
        page = browser.get(f"{MARCH}&user={alice.pk}").content.decode()
        assert "her-model" not in page
        assert "Hers" not in page
    assert "his-model" in charlies.get(MARCH).content.decode()


def test_days_conversations_models_purposes_and_requests_are_there(alices: Client, alice: User) -> None:
    first, second = (Conversation.objects.create(owner=alice, title=f"Chat {n}") for n in (1, 2))
    used(alice, conversation=first)
    used(alice, conversation=first, day=DAY + timedelta(days=1), model_answered="m-2", source="title")
    used(alice, conversation=second, usage_source="estimate", completion_tokens=77)
    page = alices.get(MARCH).content.decode()
    for heading in ("By model", "By purpose", "By day", "By conversation", "Each request"):
        assert f">{heading}</h2>" in page
    assert f'href="{first.get_absolute_url()}">Chat 1</a>' in page
    assert "Sun 15 Mar 2026" in page
    assert page.index("Sun 15 Mar 2026") < page.index("Sat 14 Mar 2026")
    assert '77<abbr title="estimated">≈</abbr>' in page


def test_a_deleted_conversation_keeps_its_figures_and_loses_its_title(alices: Client, alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="A secret")
    used(alice, conversation=conversation)
    conversation.delete_with_undo()
    page = alices.get(MARCH).content.decode()
    assert "a deleted conversation" in page
    assert "secret" not in page
    conversation.purge()
    assert "a deleted conversation" in alices.get(MARCH).content.decode()


def test_of_many_conversations_the_busiest_are_shown_and_that_is_said(alices: Client, alice: User) -> None:
    conversations = [Conversation.objects.create(owner=alice, title=f"Chat {n}") for n in range(50)]
    for conversation in conversations:
        used(alice, conversation=conversation)
    assert "with the most requests" not in alices.get(MARCH).content.decode()
    used(alice, conversation=Conversation.objects.create(owner=alice, title="One more"))
    page = alices.get(MARCH).content.decode()
    assert "These are the 50 with the most requests." in page
    assert ">Chat 0</a>" not in page


def test_each_request_is_on_one_of_the_pages(alices: Client, alice: User) -> None:
    for number in range(51):
        used(alice, prompt_tokens=1000 + number)
    page = alices.get(MARCH).content.decode()
    assert page.count('class="state done"') == 50
    (older,) = re.findall(r'href="(\?[^"]*before=[^"]*)"', page)
    assert "from=2026-03-01" in older
    rest = alices.get("/usage/" + older.replace("&amp;", "&").split("#")[0]).content.decode()
    assert rest.count('class="state done"') == 1
    assert "1,000" in rest.split('id="recent"')[1]


def test_another_persons_request_is_no_place_to_begin_behind(
    alices: Client, alice: User, charlie: User
) -> None:
    used(alice)
    his = used(charlie, day=DAY - timedelta(days=1))
    assert alices.get(f"{MARCH}&before={his.pk}").content.decode().count('class="state done"') == 1
    assert alices.get(f"{MARCH}&before=x").status_code == 404


@pytest.mark.parametrize("query", ["from=x", "from=0001-01-01", "from=2026-03-02&to=2026-03-01"])
def test_a_day_that_is_none_gets_a_sentence_and_this_month(alices: Client, alice: User, query: str) -> None:
    answer = alices.get(f"/usage/?{query}")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert "day" in page.split('role="alert"')[1][:900].lower()
    assert 'name="from" value="2' in page


@pytest.mark.parametrize("used_up", [0, 1, 5])
def test_budgets_are_always_there_with_what_is_left_and_when_they_reset(
    alices: Client, alice: User, used_up: int
) -> None:
    mine = Budget.objects.create(user=alice, period="month", unit="requests", limit=5)
    with transaction.atomic():
        (spending,) = hold_counters([mine])
        spending.settle(reserved=0, used=used_up)
    page = alices.get("/usage/").content.decode()
    assert f"{used_up} of 5 requests" in page
    assert ("Nothing left" if used_up == 5 else f"{5 - used_up} requests left") in page
    assert "Resets on <time" in page
    assert f'href="/usage/requests/?budget={mine.pk}">Ask for more</a>' in page


def test_what_was_granted_for_this_time_is_said(alices: Client, alice: User) -> None:
    mine = Budget.objects.create(user=alice, period="month", unit="tokens", limit=500)
    with transaction.atomic():
        hold_counters([mine])[0].grant(250)
    said = " ".join(words(alices.get("/usage/").content.decode()))
    assert "0 of 750 tokens used" in said
    assert "250 tokens of it were granted for this time." in said


def test_other_peoples_budgets_are_not_there(alices: Client, charlie: User) -> None:
    charlie.groups.add(group := Group.objects.create(name="His group"))
    for whose in ({"user": charlie}, {"group": group}):
        Budget.objects.create(period="month", unit="requests", limit=7, **whose)
    page = alices.get("/usage/").content.decode()
    assert "of 7 requests" not in page
    assert "His group" not in page


def test_more_rows_cost_no_more_queries(
    alices: Client, alice: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    def some(number: int) -> None:
        for at in range(number):
            chat = Conversation.objects.create(owner=alice, title=f"Chat {at}")
            used(alice, conversation=chat, model_answered=f"m-{at}", day=date(2026, 3, 1 + at))

    some(1)
    with django_assert_max_num_queries(16) as of_one:
        alices.get(MARCH)
    some(20)
    with django_assert_num_queries(len(of_one)):
        alices.get(MARCH)
