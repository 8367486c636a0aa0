"""A budget that is made while calls are being admitted: its counter knows of every one of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.test import Client

from chat.models import Budget, Reservation, Spending, User
from chat.usage import hold_counters
from tests.replies.test_settle import somebody_waits
from tests.site import wait_for
from tests.usage.closing import close, opened

ADDED = {"period": "day", "unit": "requests", "limit": "5", "warn_percent": "80", "user": "", "group": ""}


def by_the_command(administrator: User) -> None:
    call_command("setbudget", "--everyone", "--period", "day", "--requests", "5", verbosity=0)


def by_the_admin(administrator: User) -> None:
    browser = Client()
    browser.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.post("/admin/chat/budget/add/", ADDED).status_code == 302
    with transaction.atomic():
        hold_counters(Budget.objects.all())


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("make", [by_the_command, by_the_admin])
def test_a_call_that_is_being_admitted_when_a_budget_is_made_counts_in_it(
    alice: User, bob: User, make: Callable[[User], None]
) -> None:
    bob.is_superuser = True
    bob.save()

    def made() -> None:
        try:
            make(bob)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            call = opened(alice)
            making = thread.submit(made)
            wait_for(lambda: making.done() or somebody_waits(), "the budget to wait for the call, or not to")
        making.result(10)

    assert Reservation.objects.get().call_id == call.pk
    with transaction.atomic():
        close(call)
    assert Spending.objects.values_list("used", "reserved").get() == (1, 0)
