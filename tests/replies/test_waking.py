"""Waking: a commit of another connection is heard soon, nothing is heard without one, and a lost ear recovers."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import pytest
from django.db import connection, transaction

from chat.models import User
from chat.replies.waking import announce, open_waking

SOON = 1.0  # s
LONG = 20.0
pytestmark = pytest.mark.django_db(transaction=True)


def run(coroutine: Coroutine[Any, Any, float]) -> float:
    return asyncio.run(coroutine)


def commit() -> None:
    with transaction.atomic():
        User.objects.create(username=f"user-{time.monotonic_ns()}")
        announce()
    connection.close()


def test_a_commit_elsewhere_wakes_at_once() -> None:
    async def hear() -> float:
        waking = open_waking()
        await waking.wait(LONG)  # the first time something may have been missed
        heard = asyncio.create_task(waking.wait(LONG))
        await asyncio.to_thread(commit)
        committed = time.monotonic()
        await heard
        await waking.close()
        return time.monotonic() - committed

    assert run(hear()) < SOON


def test_a_commit_between_two_waits_is_not_missed() -> None:
    async def hear() -> float:
        waking = open_waking()
        await waking.wait(LONG)
        await asyncio.to_thread(commit)
        began = time.monotonic()
        await waking.wait(LONG)
        await waking.close()
        return time.monotonic() - began

    assert run(hear()) < SOON


def test_without_a_commit_it_waits_as_long_as_it_was_told() -> None:
    async def hear() -> float:
        waking = open_waking()
        await waking.wait(LONG)
        began = time.monotonic()
        await waking.wait(0.3)
        await waking.close()
        return time.monotonic() - began

    assert 0.25 < run(hear()) < LONG / 2


def test_a_transaction_that_is_rolled_back_wakes_nobody() -> None:
    def roll_back() -> None:
        with transaction.atomic():
            User.objects.create(username="nobody")
            announce()
            transaction.set_rollback(True)
        connection.close()

    async def hear() -> float:
        waking = open_waking()
        await waking.wait(LONG)
        await asyncio.to_thread(roll_back)
        began = time.monotonic()
        await waking.wait(0.3)
        await waking.close()
        return time.monotonic() - began

    assert run(hear()) > 0.25


@pytest.mark.only_on("postgresql")
def test_one_whose_connection_is_cut_wakes_up_and_hears_again() -> None:
    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
        connection.close()

    async def hear() -> float:
        waking = open_waking()
        await waking.wait(LONG)
        await asyncio.to_thread(cut)
        await waking.wait(LONG)
        await waking.wait(LONG)  # a new connection: something may have been missed
        await asyncio.to_thread(commit)
        began = time.monotonic()
        await waking.wait(LONG)
        await waking.close()
        return time.monotonic() - began

    assert run(hear()) < SOON
