"""A budget in the admin is typed as people say it: dollars as dollars."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.test import Client

from chat.models import Action, AuditEntry, Budget, User

ADD = "/admin/chat/budget/add/"


def add(root: Client, **fields: Any) -> HttpResponse:
    given = {"period": "month", "unit": "usd", "limit": "5", "warn_percent": "80", "user": "", "group": ""}
    return root.post(ADD, given | fields)


@pytest.mark.parametrize(
    ("unit", "typed", "stored"),
    [
        ("usd", "5", 5_000_000_000),
        ("usd", "12.50", 12_500_000_000),
        ("usd", "0.0005", 500_000),
        ("tokens", "5000", 5_000),
        ("requests", "0", 0),
    ],
)
def test_a_limit_is_stored_in_the_budgets_unit(root: Client, unit: str, typed: str, stored: int) -> None:
    assert add(root, unit=unit, limit=typed).status_code == 302
    assert list(Budget.objects.values_list("unit", "limit")) == [(unit, stored)]


@pytest.mark.parametrize(
    ("unit", "typed", "said"),
    [
        ("usd", "five", "A limit is a number such as 5000 or 12.50."),
        ("usd", "-1", "A limit is 0 or more, and not too large to be stored."),
        ("usd", "10000000000", "A limit is 0 or more, and not too large to be stored."),
        ("usd", "1e999999", "A limit is 0 or more, and not too large to be stored."),
        ("usd", "0.00000000001", "A limit has at most nine decimals."),
        ("tokens", "1.5", "A limit in tokens is a whole number."),
    ],
)
def test_what_is_no_limit_is_said_in_words_and_stays_typed(
    root: Client, unit: str, typed: str, said: str
) -> None:
    page = add(root, unit=unit, limit=typed).content.decode()
    assert said in page
    assert f'value="{typed}"' in page
    assert not Budget.objects.exists()


@pytest.mark.parametrize("whose", ["everyone", "user", "group"])
def test_a_second_budget_of_a_kind_leads_to_the_first(root: Client, bob: User, whose: str) -> None:
    group = Group.objects.create(name="Design")
    fields = {"user": {"user": bob.pk}, "group": {"group": group.pk}}.get(whose, {})
    add(root, **fields)
    page = add(root, **fields, limit="7").content.decode()
    assert "There is a budget in this unit for this period already: change that one." in page
    assert Budget.objects.get().limit == 5_000_000_000


def test_a_budget_is_not_for_a_user_and_a_group(root: Client, bob: User) -> None:
    group = Group.objects.create(name="Design")
    page = add(root, user=bob.pk, group=group.pk).content.decode()
    assert "A budget is for a user or for a group, not for both." in page
    assert not Budget.objects.exists()


def test_a_limit_in_usd_is_shown_as_it_was_typed_and_saving_that_changes_nothing(root: Client) -> None:
    add(root, limit="12.50")
    made = Budget.objects.get()
    where = f"/admin/chat/budget/{made.pk}/change/"
    pages = [root.get(at).content.decode() for at in (where, ADD, "/admin/chat/budget/")]
    assert 'value="12.50"' in pages[0]
    assert not any("nano" in page for page in pages)
    before = AuditEntry.objects.filter(action=Action.BUDGET_SET).count()

    assert root.post(where, {"limit": "12.50", "warn_percent": "80"}).status_code == 302
    made.refresh_from_db()
    assert made.limit == 12_500_000_000
    assert AuditEntry.objects.filter(action=Action.BUDGET_SET).count() == before

    assert root.post(where, {"limit": "20", "warn_percent": "80"}).status_code == 302
    made.refresh_from_db()
    assert made.limit == 20_000_000_000
