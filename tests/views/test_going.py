"""The page to which the mail of retention leads: exactly what will be deleted, and keeping it."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chat.models import Conversation, User

URL = "/conversations/going/"


@pytest.fixture(autouse=True)
def kept_for_ninety_days(settings: Any) -> None:
    settings.RETENTION_DAYS = 90


def going(owner: User, title: str, day: int, **more: Any) -> Conversation:
    return Conversation.objects.create(owner=owner, title=title, going_on=date(2026, 12, day), **more)


def page_of(client: Client) -> str:
    """The part of the page that is not the list beside it."""
    return client.get(URL).content.decode().partition("<main")[2]


def test_it_lists_exactly_these_the_first_to_go_first(alice: User, charlie: User, alices: Client) -> None:
    going(alice, "Goes later", 9)
    going(alice, "Goes soon", 2, archived=True)
    going(charlie, "Somebody else's", 2)
    Conversation.objects.create(owner=alice, title="Stays")
    page = page_of(alices)
    assert page.index("Goes soon") < page.index("Wednesday, 2 December 2026") < page.index("Goes later")
    assert "Somebody else" not in page
    assert "Stays" not in page


def test_one_is_kept_from_there_without_javascript(alice: User, alices: Client) -> None:
    kept = going(alice, "Kept one", 2)
    other = going(alice, "Another", 2)
    answer = alices.post(URL, {"keep": kept.pk})
    assert (answer.status_code, answer["Location"]) == (303, URL)
    kept.refresh_from_db()
    assert (kept.pinned, kept.going_on) == (True, None)
    page = page_of(alices)
    assert "Kept one" not in page
    assert f'value="{other.pk}"' in page


def test_bob_and_charlie_keep_nothing_of_hers(alice: User, bobs: Client, charlies: Client) -> None:
    hers = going(alice, "Hers", 2)
    for stranger in (charlies, bobs):
        assert stranger.post(URL, {"keep": hers.pk}).status_code == 404
    hers.refresh_from_db()
    assert hers.pinned is False


@pytest.mark.parametrize("keep", ["", "x", "-1", "9" * 30, "0"])
def test_what_is_no_number_of_ones_own_is_not_there(alice: User, alices: Client, keep: str) -> None:
    going(alice, "Hers", 2)
    assert alices.post(URL, {"keep": keep}).status_code == 404


def test_where_nothing_goes_it_says_so(alices: Client, settings: Any) -> None:
    assert "None of yours." in page_of(alices)
    settings.RETENTION_DAYS = 0
    assert "No chat is deleted by its age here." in page_of(alices)


def test_each_of_them_leads_there(alice: User, alices: Client) -> None:
    page = alices.get(going(alice, "A chat", 2).get_absolute_url()).content.decode()
    assert f'href="{reverse("conversations-going")}"' in page


def test_they_are_found_by_an_index(alice: User) -> None:
    plan = Conversation.objects.visible_to(alice).going()[:100].explain()
    assert "conversation_going" in plan or "Seq Scan" in plan  # PostgreSQL scans a table this small
    assert "TEMP B-TREE" not in plan
