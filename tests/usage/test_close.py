"""Opening and closing ledger rows."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from chat.local_model import MODEL_NAME
from chat.models import Call, Price, User
from chat.usage import (
    Closing,
    Span,
    admit,
    close_call,
    estimate_tokens,
    usage_by,
)
from chat.usage.reports import Row, usd
from tests.usage.closing import ASKED, DONE, WORKER


@pytest.fixture
def call(alice: User) -> Call:
    return admit(replace(ASKED, user_id=alice.pk))


def test_the_worst_case_is_reserved(call: Call) -> None:
    assert call.reserved_tokens == 400 / 4 + 50


def test_a_row_is_closed_once(call: Call) -> None:
    assert close_call(call.pk, WORKER, DONE)
    assert not close_call(call.pk, WORKER, DONE)


def test_only_its_owner_closes_it(call: Call) -> None:
    assert not close_call(call.pk, UUID(int=2), DONE)
    call.refresh_from_db()
    assert (call.status, call.reserved_tokens) == ("running", 150)


@pytest.mark.parametrize(
    ("days", "cost"), [(-1, 100 * 250 + 10 * 750), (0, 100 * 500 + 10 * 1000), (1, None)]
)
def test_the_price_in_force_on_the_day_counts(call: Call, days: int, cost: int | None) -> None:
    if days <= 0:
        Price.objects.create(
            model="m",
            starts_on=call.day - timedelta(days=1),
            prompt_nano_usd=250,
            completion_nano_usd=750,
        )
    Price.objects.create(
        model="m",
        starts_on=call.day + timedelta(days=days if days >= 0 else 1),
        prompt_nano_usd=500,
        completion_nano_usd=1000,
    )
    close_call(call.pk, WORKER, DONE)
    call.refresh_from_db()
    assert call.cost_nano_usd == cost


def price_of(model: str, nano_usd: int) -> None:
    Price.objects.create(
        model=model, starts_on=date(2000, 1, 1), prompt_nano_usd=nano_usd, completion_nano_usd=nano_usd
    )


def test_the_model_that_answered_is_paid_for(call: Call) -> None:
    price_of("m", 1)
    price_of("m-1", 3)
    close_call(call.pk, WORKER, replace(DONE, model_answered="m-1"))
    call.refresh_from_db()
    assert call.cost_nano_usd == 110 * 3


def test_an_answer_by_another_name_costs_what_was_asked_for(call: Call) -> None:
    price_of("m", 1)
    close_call(call.pk, WORKER, replace(DONE, model_answered="m-1"))
    call.refresh_from_db()
    assert call.cost_nano_usd == 110


@pytest.mark.parametrize("status", ["done", "stopped", "interrupted"])
@pytest.mark.parametrize("named", [MODEL_NAME, ""])
def test_the_embedded_model_is_named_and_never_costs_what_another_does(
    settings: Any, alice: User, status: str, named: str
) -> None:
    settings.EMBEDDED_MODEL = True
    price_of("mistralai/mistral-tiny", 250)
    rows = [admit(replace(ASKED, user_id=alice.pk, model="mistralai/mistral-tiny")) for _ in range(2)]
    assert [row.name for row in usage_by("model", Span.this_month())] == [MODEL_NAME]
    settings.EMBEDDED_MODEL = False  # a key was set before the row was settled
    closing = Closing(status=status, answered=True, completion_characters=40, model_answered=named)
    close_call(rows[0].pk, WORKER, closing)
    price_of(MODEL_NAME, 7)
    close_call(rows[1].pk, WORKER, closing)
    unpriced, priced = Call.objects.order_by("pk")
    assert (unpriced.model_answered, unpriced.cost_nano_usd) == (MODEL_NAME, None)
    assert (priced.model_answered, priced.cost_nano_usd) == (MODEL_NAME, 7 * 110)


def test_the_providers_own_cost_wins(call: Call) -> None:
    Price.objects.create(model="m", starts_on=date(2000, 1, 1), prompt_nano_usd=1, completion_nano_usd=1)
    close_call(
        call.pk,
        WORKER,
        Closing(status="done", answered=True, prompt_tokens=1, completion_tokens=1, cost_nano_usd=42),
    )
    call.refresh_from_db()
    assert call.cost_nano_usd == 42


def test_half_a_report_is_an_estimate_that_keeps_the_half(call: Call) -> None:
    close_call(
        call.pk,
        WORKER,
        Closing(status="stopped", answered=True, prompt_tokens=77, completion_characters=40),
    )
    call.refresh_from_db()
    assert (call.prompt_tokens, call.completion_tokens, call.usage_source) == (77, 10, "estimate")


def test_an_estimate_is_never_zero_for_text(alice: User) -> None:
    assert estimate_tokens("never seen", prompt=1, completion=1).prompt == 1


@pytest.mark.parametrize(
    ("nano", "text"),
    [
        (0, "$0.00"),
        (1, "<$0.000001"),
        (250_000, "$0.000250"),
        (12_300_000_000, "$12.30"),
        (1_234_500_000_000, "$1,234.50"),
    ],
)
def test_dollars(nano: int, text: str) -> None:
    assert usd(nano) == text


def test_an_unknown_part_is_marked() -> None:
    assert Row(cost_nano_usd=12_300_000_000, unpriced=1).cost == "$12.30+"
    assert Row(cost_nano_usd=0, unpriced=1).cost == "unknown"
    assert Row(cost_nano_usd=0).cost == "$0.00"


def test_a_price_for_a_day_that_is_past_changes_no_row_that_is_closed(call: Call, alice: User) -> None:
    close_call(call.pk, WORKER, DONE)
    price_of("m", 250)
    call.refresh_from_db()
    assert call.cost_nano_usd is None
    Price.objects.update(prompt_nano_usd=1, completion_nano_usd=1)
    later = admit(replace(ASKED, user_id=alice.pk))
    close_call(later.pk, WORKER, DONE)
    Price.objects.update(prompt_nano_usd=9, completion_nano_usd=9)
    assert list(Call.objects.order_by("pk").values_list("cost_nano_usd", flat=True)) == [None, 110]
    (row,) = usage_by("model", Span.this_month())
    assert (row.cost_nano_usd, row.unpriced) == (110, 1)
