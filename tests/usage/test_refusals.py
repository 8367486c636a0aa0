"""Refusals in the audit trail: one entry a user, budget and minute, and no call."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client

from chat import replies
from chat.models import Action, AuditEntry, Budget, Call, Price, User
from chat.usage import OverBudget, admit, record_refusal
from tests.running import Running
from tests.upstream import Answer, Status, Upstream
from tests.usage.closing import ASKED


def budget(limit: int = 0, unit: str = "requests", **more: object) -> Budget:
    return Budget.objects.create(**{"period": "day", "unit": unit, "limit": limit, **more})


def details() -> list[str]:
    refused = AuditEntry.objects.filter(action=Action.BUDGET_REFUSED).order_by("pk")
    return list(refused.values_list("detail", flat=True))


def refusal_of(user: User) -> OverBudget:
    with pytest.raises(OverBudget) as refused, transaction.atomic():
        admit(replace(ASKED, user_id=user.pk))
    return refused.value


def test_a_refused_message_is_an_entry_and_no_call(process: Running, alices: Client, alice: User) -> None:
    budget()
    form = {"text": "My draft", "send_id": str(uuid4())}
    assert alices.post("/conversations/", form).status_code == 429
    entry = AuditEntry.objects.get(action=Action.BUDGET_REFUSED)
    assert (entry.actor_id, entry.subject_id) == (alice.pk, None)
    assert entry.detail == "everyone, 0 requests a day: 0 of 0 requests used"
    assert not Call.objects.exists()
    assert "draft" not in str(AuditEntry.objects.values())


@pytest.mark.parametrize("way", ["edit", "regenerate", "continue", "title"])
def test_every_way_to_ask_enters_its_refusal(
    process: Running, upstream: Upstream, alices: Client, alice: User, way: str
) -> None:
    upstream.play(Answer("one two", finish="length"))
    reply = process.ended(replies.start(alice, "Hello", send_id=uuid4()))
    question, conversation = reply.message.parent_id, reply.message.conversation_id
    budget(1)
    path, fields = {
        "edit": (f"/messages/{question}/edits/", {"text": "Another"}),
        "regenerate": (f"/messages/{question}/replies/", {}),
        "continue": (f"/replies/{reply.pk}/continue/", {}),
        "title": (f"/conversations/{conversation}/title/", {}),
    }[way]
    assert alices.post(path, {**fields, "send_id": str(uuid4())}).status_code == 429
    assert details() == ["everyone, 1 request a day: 1 of 1 request used"]


def test_a_retry_that_no_budget_allows_is_entered_once(
    process: Running, upstream: Upstream, alice: User
) -> None:
    budget(1)
    upstream.play(Status(503), Answer("never asked"))
    reply = process.ended(replies.start(alice, "Hello", send_id=uuid4()))
    assert reply.state == "failed"
    assert details() == ["everyone, 1 request a day: 1 of 1 request used"]
    assert AuditEntry.objects.get(action=Action.BUDGET_REFUSED).actor_id == alice.pk


def test_one_entry_a_user_budget_and_minute(alice: User, charlie: User) -> None:
    noon = datetime(2026, 3, 14, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as clock:
        budget()
        for _ in range(50):
            record_refusal(refusal_of(alice), alice.pk)
        assert len(details()) == 1
        record_refusal(refusal_of(charlie), charlie.pk)
        assert len(details()) == 2
        clock.move_to(noon + timedelta(seconds=61))
        record_refusal(refusal_of(alice), alice.pk)
        assert len(details()) == 3


def test_two_budgets_are_two_entries_and_name_no_person(alice: User) -> None:
    alice.groups.add(group := Group.objects.create(name="Sales"))
    own = budget(user=alice)
    record_refusal(refusal_of(alice), alice.pk)
    own.delete()
    budget(7, "tokens", group=group)
    record_refusal(refusal_of(alice), alice.pk)
    assert details() == [
        "0 requests a day: 0 of 0 requests used",
        "the group Sales, 7 tokens a day: 0 of 7 tokens used",
    ]


def test_a_price_that_is_not_known_is_said(alice: User) -> None:
    budget(10**9, "usd")
    Price.objects.create(model="x", starts_on=date(2000, 1, 1), prompt_nano_usd=1, completion_nano_usd=1)
    record_refusal(refusal_of(alice), alice.pk)
    assert details() == ["everyone, $1.00 a day: no price is known of m"]


@pytest.mark.django_db(transaction=True)
def test_refusals_at_the_same_moment_are_one_entry(alice: User) -> None:
    budget()
    refusal = refusal_of(alice)

    def enter(_: int) -> None:
        record_refusal(refusal, alice.pk)
        connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(enter, range(24)))
    assert len(details()) == 1
