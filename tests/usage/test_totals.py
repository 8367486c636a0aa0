"""Daily totals: what is added to them, when, and what never changes them."""

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connections, transaction

from chat.models import ApiKey, Call, Conversation, DailyTotal, Price, User
from chat.usage import Closing, Span, close_call, differences, total, usage_by
from chat.usage.prices import MOST_NANO_USD
from tests.usage.closing import WORKER, close, closed, opened

ROUNDS = 10


def totals() -> list[dict[str, Any]]:
    """What is not 0 of each, without its number in the table."""
    rows = DailyTotal.objects.order_by("pk").values()
    return [{name: value for name, value in row.items() if value and name != "id"} for row in rows]


def test_a_closed_call_is_in_the_total_of_its_day_and_kind(alice: User) -> None:
    call = closed(alice)
    assert totals() == [
        {
            "day": call.day,
            "user_id": alice.pk,
            "source": "chat",
            "model": "m-1",
            "status": "done",
            "requests": 1,
            "prompt_tokens": 100,
            "completion_tokens": 10,
            "cost_nano_usd": 500,
            "ttft_04": 1,  # 181 to 256 ms
            "duration_12": 1,  # 2,896 to 4,096 ms
        }
    ]


def test_what_is_alike_is_added_up(alice: User) -> None:
    for _ in range(3):
        closed(alice)
    (row,) = totals()
    assert (row["requests"], row["prompt_tokens"], row["completion_tokens"]) == (3, 300, 30)
    assert (row["cost_nano_usd"], row["ttft_04"], row["duration_12"]) == (1500, 3, 3)


def test_what_is_not_alike_stands_apart(alice: User, charlie: User) -> None:
    closed(alice)
    closed(charlie)
    closed(alice, status="stopped")
    closed(alice, model_answered="m-2")
    close(opened(alice, source="title"))
    close(opened(alice, api_key_id=3))
    close(opened(alice, group_id=4))
    assert [row["requests"] for row in totals()] == [1] * 7


def test_where_no_model_answered_the_one_that_was_asked_for_is_named(alice: User) -> None:
    closed(alice, status="failed", answered=False, model_answered="")
    assert totals()[0]["model"] == "m"


def test_unknown_costs_and_estimates_are_counted(alice: User) -> None:
    closed(alice, cost_nano_usd=None)
    closed(alice, completion_tokens=None, completion_characters=40)
    (row,) = totals()
    assert (row["requests"], row["unpriced"], row["estimated"], row["cost_nano_usd"]) == (2, 1, 1, 500)


def test_what_was_not_timed_is_in_no_bucket(alice: User) -> None:
    closed(alice, ttft_ms=None, duration_ms=None)
    assert not [name for name in totals()[0] if name.startswith(("ttft", "duration"))]


def test_an_open_call_is_in_no_total_and_yet_a_request_of_the_page(alice: User) -> None:
    call = opened(alice)
    assert totals() == []
    assert [(row.name, row.requests) for row in usage_by("model", Span.this_month())] == [("m", 1)]
    close(call)
    assert [(row.name, row.requests) for row in usage_by("model", Span.this_month())] == [("m-1", 1)]


def test_a_call_is_counted_once(alice: User) -> None:
    call = closed(alice)
    assert not close_call(call.pk, WORKER, Closing(status="done", answered=True))
    assert totals()[0]["requests"] == 1


def test_who_has_lost_a_call_adds_nothing(alice: User) -> None:
    assert not close_call(opened(alice).pk, UUID(int=2), Closing(status="done", answered=True))
    assert totals() == []


def test_a_total_is_taken_back_with_its_call(alice: User) -> None:
    call = opened(alice)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        close(call)
        assert totals() != []
        1 / 0  # noqa: B018
    assert totals() == []


def test_a_mistyped_price_keeps_no_row_from_being_closed_and_no_page_from_being_shown(alice: User) -> None:
    Price.objects.create(
        model="m-1", starts_on="2000-01-01", prompt_nano_usd=10**17, completion_nano_usd=10**17
    )
    for user_model in ("m-1", "m-1", "m-2"):
        closed(alice, cost_nano_usd=None, model_answered=user_model)
    first, _ = totals()
    assert (first["requests"], first["cost_nano_usd"]) == (2, MOST_NANO_USD)
    assert total(usage_by("model", Span.this_month())).cost_nano_usd == MOST_NANO_USD
    assert list(differences()) == []


def test_it_counts_under_the_group_of_the_moment_in_which_it_was_opened(alice: User) -> None:
    alice.groups.add(first := Group.objects.create(name="first"))
    call = opened(alice)
    alice.groups.set([Group.objects.create(name="second")])
    close(call)
    assert totals()[0]["group_id"] == first.pk


def test_totals_outlive_the_conversation_the_key_and_the_user(alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Gone")
    key = ApiKey.objects.create(user=alice, name="Gone", prefix="pk-gone", key_hash=uuid4().hex)
    close(opened(alice, conversation_id=conversation.pk, api_key_id=key.pk))
    before, rows = totals(), list(Call.objects.values())
    conversation.purge()
    key.delete()
    alice.delete()
    assert totals() == before
    assert list(Call.objects.values()) == rows
    assert list(differences()) == []


def test_the_migration_counts_what_was_there_before(alice: User, charlie: User) -> None:
    closed(alice)
    closed(alice, status="stopped", cost_nano_usd=None, ttft_ms=None)
    closed(charlie, completion_tokens=None, duration_ms=10**7)
    opened(charlie)
    before = totals()
    DailyTotal.objects.all().delete()
    import_module("chat.migrations.0005_daily_totals").fill(apps, None)
    assert sorted(map(repr, totals())) == sorted(map(repr, before))


@pytest.mark.django_db(transaction=True)
def test_workers_that_close_several_calls_at_once_do_not_wait_for_each_other(alice: User) -> None:
    def close_both(*models: str) -> None:
        """In one transaction, as a scribe does."""
        try:
            for _ in range(ROUNDS):
                with transaction.atomic():
                    for model in models:
                        close(opened(alice), model_answered=model)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as workers:
        orders = (("m-1", "m-2", "m-3"), ("m-3", "m-2", "m-1"), ("m-2", "m-3", "m-1"))
        for done in [workers.submit(close_both, *order) for order in orders]:
            done.result(60)
    assert sorted((row["model"], row["requests"]) for row in totals()) == [
        ("m-1", 3 * ROUNDS),
        ("m-2", 3 * ROUNDS),
        ("m-3", 3 * ROUNDS),
    ]
    assert list(differences()) == []
