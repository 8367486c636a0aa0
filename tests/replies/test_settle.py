"""What one commit of the scribe does, beside others who write the same rows."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from chat import usage
from chat.models import Budget, Call, CallStatus, DailyTotal, Message, Reply, Spending, User
from chat.replies.entries import End, Retry
from chat.replies.live import LiveReply
from chat.replies.settle import write
from chat.usage import Closing
from tests.replies.test_recover import DEAD, MINE, left_open, owned
from tests.site import wait_for

CLOSING = Closing(status="done", answered=True, prompt_tokens=1, completion_tokens=1)


def ends(*lives: LiveReply) -> None:
    """As the owner writes them: all in one transaction."""
    try:
        with transaction.atomic():
            write(DEAD, [End(live, "done", CLOSING, text="one two three") for live in lives])
    finally:
        connections.close_all()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_who_ends_replies_and_who_takes_one_of_them_over_do_not_wait_for_each_other(alice: User) -> None:
    """The one that is taken over has lost its conversation, so that only its ledger row is there to be locked."""
    kept, gone = owned(left_open(alice, "one two")), owned(left_open(alice, "one two"))
    Message.objects.filter(reply=gone.reply_id).delete()
    with ThreadPoolExecutor(1) as scribe:
        with transaction.atomic():
            assert Call.objects.running().filter(pk=gone.call_id).update(worker=MINE)
            writing = scribe.submit(ends, kept, gone)
            wait_for(somebody_waits, "the scribe to reach the row")
            assert usage.close_call(gone.call_id, MINE, Closing(status="interrupted", answered=True))
        writing.result(10)
    assert Reply.objects.get().state == "done"
    states = dict(Call.objects.values_list("pk", "status"))
    assert states == {kept.call_id: CallStatus.DONE, gone.call_id: CallStatus.INTERRUPTED}
    assert sum(DailyTotal.objects.values_list("requests", flat=True)) == 2
    assert list(usage.differences()) == []


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_who_asks_again_and_who_makes_a_budget_do_not_wait_for_each_other(alice: User) -> None:
    """The new budget counts what runs, and so locks rows of the ledger."""
    live = owned(left_open(alice))
    failed = Closing(status="failed", answered=False)

    def asks_again() -> None:
        try:
            with transaction.atomic():
                write(DEAD, [Retry(live, failed, live.job.admission, Future())])  # type: ignore[arg-type]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as scribe:
        with transaction.atomic():
            usage.budget_begins()
            Budget.objects.create(period="day", unit="requests", limit=5)
            writing = scribe.submit(asks_again)
            wait_for(somebody_waits, "the scribe to wait for the budget")
            usage.hold_counters(Budget.objects.all())
        writing.result(10)
    assert Spending.objects.values_list("used", "reserved").get() == (1, 1)
