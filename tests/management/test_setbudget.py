"""setbudget: a budget is created, replaced and removed by one command."""

import io

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from chat.models import Budget, Spending, User


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("setbudget", *arguments, stdout=out)
    return out.getvalue()


def test_it_creates_and_replaces(alice: User) -> None:
    told = run("--user", "alice", "--period", "week", "--tokens", "1000")
    assert told.startswith("alice: 1,000 tokens a week: 0 of 1,000 tokens are used; it resets on Monday, ")
    run("--user", "alice", "--period", "week", "--tokens", "500", "--warn", "50")
    budget = Budget.objects.get()
    assert (budget.user, budget.limit, budget.warn_percent) == (alice, 500, 50)
    run("--user", "alice", "--period", "week", "--tokens", "600")
    budget.refresh_from_db()
    assert (budget.limit, budget.warn_percent) == (600, 50)  # what is not said stays


def test_each_owner_period_and_unit_has_its_own(alice: User) -> None:
    group = Group.objects.create(name="Sales")
    run("--everyone", "--period", "day", "--requests", "5")
    run("--everyone", "--period", "month", "--requests", "50")
    run("--everyone", "--period", "day", "--usd", "0.25")
    run("--group", "Sales", "--period", "day", "--requests", "5")
    run("--user", "alice", "--period", "day", "--requests", "5")
    assert Budget.objects.count() == 5
    assert Budget.objects.get(unit="usd").limit == 250_000_000
    assert Budget.objects.get(group=group).user is None


def test_it_removes(alice: User) -> None:
    run("--everyone", "--period", "day", "--requests", "5")
    run("--user", "alice", "--period", "day", "--requests", "5")
    assert Spending.objects.count() == 2
    assert run("--everyone", "--period", "day", "--requests", "5", "--remove") == "The budget is removed.\n"
    assert Budget.objects.get().user == alice
    with pytest.raises(CommandError, match="There is no such budget"):
        run("--everyone", "--period", "day", "--requests", "5", "--remove")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--user", "nobody", "--period", "day", "--tokens", "1"), "There is no user nobody"),
        (("--group", "Nobody", "--period", "day", "--tokens", "1"), "There is no group Nobody"),
        (("--everyone", "--period", "year", "--tokens", "1"), "invalid choice: 'year'"),
        (("--everyone", "--period", "day"), "one of the arguments --tokens --usd --requests is required"),
        (("--period", "day", "--tokens", "1"), "one of the arguments --user --group --everyone is required"),
        (("--everyone", "--period", "day", "--tokens", "1", "--requests", "1"), "not allowed with"),
        (("--everyone", "--user", "alice", "--period", "day", "--tokens", "1"), "not allowed with"),
        (("--everyone", "--period", "day", "--tokens", "-1"), "A limit is 0 or more"),
        (("--everyone", "--period", "day", "--usd", "ten"), "--usd is an amount such as 12.50"),
        (("--everyone", "--period", "day", "--usd", "nan"), "--usd is an amount such as 12.50"),
        (("--everyone", "--period", "day", "--usd", "1e30"), "A limit is 0 or more"),
        (("--everyone", "--period", "day", "--tokens", "1", "--warn", "0"), "--warn is a number"),
        (("--everyone", "--period", "day", "--tokens", "1", "--warn", "101"), "--warn is a number"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(
    alice: User, arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)
    assert not Budget.objects.exists()
