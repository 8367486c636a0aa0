"""A price in the admin is typed and shown as providers print it, in USD a million tokens."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client

from chat.models import AuditEntry, Price, User

LIST = "/admin/chat/price/"


def typed(price: str) -> dict[str, str]:
    return {"model": "m", "starts_on": "2026-11-01", "prompt_nano_usd": price, "completion_nano_usd": "2"}


def add(root: Client, price: str) -> HttpResponse:
    return root.post(f"{LIST}add/", typed(price))


def price(**more: Any) -> Price:
    given = {"model": "m", "starts_on": "2026-11-01", "prompt_nano_usd": 250, "completion_nano_usd": 125}
    return Price.objects.create(**given | more)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0.25", 250),
        ("0.1", 100),
        (" 2 ", 2_000),
        ("0.001", 1),
        ("0.2500", 250),
        ("0", 0),
        ("2.5e-1", 250),
        ("10000", 10_000_000),
    ],
)
def test_what_is_typed_is_stored_exactly(root: Client, written: str, stored: int) -> None:
    assert add(root, written).status_code == 302
    assert list(Price.objects.values_list("prompt_nano_usd", "completion_nano_usd")) == [(stored, 2_000)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "This field is required."),
        ("cheap", "A price is a number of USD such as 0.25."),
        ("0,25", "A price is a number of USD such as 0.25."),
        ("NaN", "A price is a number of USD such as 0.25."),
        ("1e999999", "A price is a number of USD such as 0.25."),
        ("1" * 50, "A price is a number of USD such as 0.25."),
        ("-1", "A price is from 0 to 10,000 USD a million tokens."),
        ("10000.001", "A price is from 0 to 10,000 USD a million tokens."),
        ("0.0375", "A price has at most three decimals"),
        ("0.2500000000000000000000000000000001", "A price has at most three decimals"),
    ],
)
def test_what_cannot_be_stored_is_said_in_words_and_stays_typed(
    root: Client, written: str, said: str
) -> None:
    page = add(root, written).content.decode()
    assert said in page
    assert f'value="{written}"' in page or not written
    assert not Price.objects.exists()


def test_a_second_price_from_the_same_day_leads_to_the_first(root: Client) -> None:
    add(root, "0.25")
    page = add(root, "0.5").content.decode()
    assert "This model already has a price from that day on: change that one." in page
    assert Price.objects.get().prompt_nano_usd == 250


def test_the_list_and_the_form_show_it_as_it_is_typed(root: Client) -> None:
    row = price()
    page = root.get(LIST).content.decode()
    for words in ("USD a million prompt tokens", ">0.25<", "USD a million completion tokens", ">0.125<"):
        assert words in page
    form = root.get(f"{LIST}{row.pk}/change/").content.decode()
    assert 'value="0.25"' in form
    assert 'value="0.125"' in form
    assert "nano-USD" not in page + form


def test_a_form_that_is_sent_as_it_came_changes_nothing(root: Client) -> None:
    row = price(completion_nano_usd=2_000)
    root.post(f"{LIST}{row.pk}/change/", typed("0.25"))
    row.refresh_from_db()
    assert (row.prompt_nano_usd, row.completion_nano_usd) == (250, 2_000)
    assert not AuditEntry.objects.filter(action="price_set").exists()


def test_who_may_only_look_sees_the_same_figures(bob: User, bobs: Client) -> None:
    bob.user_permissions.set(Permission.objects.filter(codename="view_price"))
    page = bobs.get(f"{LIST}{price().pk}/change/").content.decode()
    assert "USD a million prompt tokens" in page
    assert "0.125" in page
    assert "nano-USD" not in page
