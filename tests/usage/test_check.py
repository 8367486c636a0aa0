"""What proves the ledger finds what is wrong with it, and nothing else."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from chat.models import Budget, Call, DailyTotal, User, Worker
from chat.usage import Difference, differences, left_open, still_reserved
from chat.usage.totals import Kind
from tests.usage.closing import WORKER, closed, opened


def nothing() -> None:
    """Nobody gives a sign of life."""


def found(**more: Any) -> list[tuple[str, int, int]]:
    return [(wrong.column, wrong.total, wrong.rows) for wrong in differences(**more)]


def test_without_calls_all_is_well(db: None) -> None:
    assert found() == []
    assert list(left_open(nothing)) == []


def test_totals_that_are_the_sums_of_their_rows_are_not_named(alice: User, charlie: User) -> None:
    for user in (alice, charlie, alice):
        closed(user)
    closed(alice, status="failed", answered=False, cost_nano_usd=None, ttft_ms=None)
    opened(alice)
    assert found() == []


@pytest.mark.parametrize("column", ["requests", "cost_nano_usd", "estimated", "ttft_04", "duration_29"])
def test_each_number_that_is_wrong_is_named(alice: User, column: str) -> None:
    closed(alice)
    before = DailyTotal.objects.values_list(column, flat=True).get()
    DailyTotal.objects.update(**{column: F(column) + 7})
    assert found() == [(column, before + 7, before)]


def test_a_difference_says_whose_it_is(alice: User) -> None:
    call = closed(alice)
    kind = Kind(call.day, alice.pk, 0, 0, "chat", "m-1", "done")
    DailyTotal.objects.update(requests=3)
    (wrong,) = differences()
    assert wrong == Difference(kind, "requests", 3, 1)
    assert str(wrong) == (
        f"{call.day}, user {alice.pk}, group 0, key 0, chat, m-1, done: requests is 3, and 1 by the rows"
    )


def test_a_row_without_a_total_is_named_and_a_total_without_a_row(alice: User) -> None:
    call = closed(alice)
    DailyTotal.objects.update(day=call.day - timedelta(days=1))
    wrong = [(one.kind.day, one.total, one.rows) for one in differences() if one.column == "requests"]
    assert wrong == [(call.day - timedelta(days=1), 1, 0), (call.day, 0, 1)]


def test_a_repair_makes_the_totals_anew_and_changes_no_row(alice: User, charlie: User) -> None:
    for user in (alice, charlie, alice):
        closed(user, cost_nano_usd=None)
    right = list(DailyTotal.objects.order_by("user_id").values())
    rows = list(Call.objects.order_by("pk").values())
    DailyTotal.objects.filter(user_id=alice.pk).update(requests=9, unpriced=0)
    DailyTotal.objects.filter(user_id=charlie.pk).delete()
    assert found(repair=True) != []
    assert found() == []
    assert list(Call.objects.order_by("pk").values()) == rows
    without_pk = [{**row, "id": 0} for row in DailyTotal.objects.order_by("user_id").values()]
    assert without_pk == [{**row, "id": 0} for row in right]


def test_a_repair_leaves_days_alone_that_are_right(alice: User) -> None:
    closed(alice)
    before = list(DailyTotal.objects.values())
    assert found(repair=True) == []
    assert list(DailyTotal.objects.values()) == before


def test_a_reservation_on_a_closed_row_is_named(alice: User) -> None:
    kept = closed(alice)
    closed(alice)
    opened(alice)
    Call.objects.filter(pk=kept.pk).update(reserved_tokens=150)
    assert list(still_reserved()) == [f"Call {kept.pk} is closed and keeps 150 tokens reserved."]


@pytest.mark.parametrize("worker", [None, uuid.UUID(int=9)])
def test_an_open_row_whose_owner_gives_no_sign_of_life_is_named(
    alice: User, worker: uuid.UUID | None
) -> None:
    call = opened(alice)
    Call.objects.update(worker=worker)
    Worker.objects.create(pk=uuid.UUID(int=9), beat=3)
    (sentence,) = left_open(nothing)
    assert sentence.startswith(f"Call {call.pk} is open since ")
    assert "no living process owns it" in sentence


def test_an_open_row_that_somebody_works_on_is_right(alice: User) -> None:
    opened(alice)
    Worker.objects.create(pk=WORKER, beat=3)
    assert list(left_open(lambda: Worker.objects.update(beat=F("beat") + 1))) == []


def test_what_is_closed_or_opened_meanwhile_is_right(alice: User) -> None:
    opened(alice)

    def meanwhile() -> None:
        Call.objects.update(status="done")
        opened(alice)

    assert list(left_open(meanwhile)) == []


def test_an_open_row_of_more_than_a_day_is_named_whoever_works_on_it(alice: User) -> None:
    call, _ = opened(alice), opened(alice)
    Call.objects.filter(pk=call.pk).update(opened_at=timezone.now() - timedelta(days=1, seconds=1))
    Worker.objects.create(pk=WORKER, beat=3)
    (sentence,) = left_open(lambda: Worker.objects.update(beat=F("beat") + 1))
    assert sentence.startswith(f"Call {call.pk} is open since ")
    assert "longer than a day" in sentence


def test_a_closed_row_that_keeps_something_of_a_budget_is_named(alice: User) -> None:
    budget = Budget.objects.create(user=alice, period="day", unit="tokens", limit=10_000)
    call = opened(alice)
    assert list(still_reserved()) == []
    Call.objects.filter(pk=call.pk).update(status="done", reserved_tokens=0)
    assert list(still_reserved()) == [
        f"Call {call.pk} is closed and keeps 150 reserved of budget {budget.pk}."
    ]
