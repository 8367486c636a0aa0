"""Stop, deletes, and the end of the process."""

import threading
import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from chat import replies
from chat.models import Call, Message, User
from chat.replies.entries import Text
from chat.replies.recover import settle_calls_of
from tests.running import Running
from tests.upstream import Answer, Gate, Upstream


class Undone(Exception):
    """What undoes a transaction."""


def test_stop_closes_the_upstream_and_keeps_the_text(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Answer("one two three four", gates=(Gate(2),)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(reply, lambda text: text == "one two ")
    pressed = time.monotonic()
    replies.stop(reply)
    assert upstream.record().closed.wait(10)
    assert upstream.record().closed_at - pressed < 0.5
    reply = process.ended(reply)
    assert (reply.state, reply.message.text) == ("stopped", "one two ")
    call = Call.objects.get()
    assert (call.status, call.usage_source) == ("stopped", "estimate")
    assert call.completion_tokens > 0


def test_stop_twice_and_stop_after_the_end_change_nothing(process: Running, alice: User) -> None:
    reply = process.ended(replies.start(alice, "Hello", send_id=uuid4()))
    replies.stop(reply)
    replies.stop(reply)
    assert process.ended(reply).state == "done"


def test_a_stop_whose_transaction_is_undone_stops_nothing(
    process: Running, upstream: Upstream, alice: User
) -> None:
    gate = Gate(2)
    upstream.play(Answer("one two three", gates=(gate,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(reply, lambda text: text == "one two ")
    with pytest.raises(Undone), transaction.atomic():
        replies.stop(reply)
        raise Undone
    gate.release()
    reply = process.ended(reply)
    assert (reply.state, reply.message.text, reply.stop_requested) == ("done", "one two three", False)


def test_a_stop_reaches_the_upstream_when_its_transaction_commits(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Answer("one two three", gates=(Gate(2),)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(reply, lambda text: text == "one two ")
    with transaction.atomic():
        replies.stop(reply)
    assert upstream.record().closed.wait(10)
    assert process.ended(reply).state == "stopped"


def test_stop_before_the_first_text_is_charged_by_an_estimate(
    process: Running, upstream: Upstream, alice: User
) -> None:
    gate = Gate(-1)
    upstream.play(Answer(gates=(gate,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    assert gate.reached.wait(10)
    replies.stop(reply)
    assert process.ended(reply).state == "stopped"
    call = Call.objects.get()
    assert (call.usage_source, call.prompt_tokens, call.completion_tokens) == ("estimate", 2, 0)


def test_more_replies_than_places_wait_their_turn(
    process: Running, upstream: Upstream, alice: User, settings: Any
) -> None:
    settings.RUNNING_REPLIES = 1
    gate = Gate(0)
    upstream.play(Answer(gates=(gate,)))
    _, second, third = [replies.start(alice, "Hello", send_id=uuid4()) for _ in range(3)]
    assert gate.reached.wait(10)
    process.waits(second, 0)
    process.waits(third, 1)
    second.refresh_from_db()
    assert second.state == "queued"
    replies.stop(second)
    assert process.ended(second).state == "stopped"
    process.waits(third, 0)
    gate.release()
    assert process.ended(third).state == "done"
    assert len(upstream.records) == 2
    stopped = Call.objects.get(reply=second)
    assert (stopped.status, stopped.usage_source) == ("stopped", "none")


def test_deleting_the_conversation_ends_the_upstream_request_and_nothing_is_written_back(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Answer("one two three", gates=(Gate(2),)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(reply, lambda text: text == "one two ")
    conversation = reply.message.conversation
    replies.stop_all(conversation)
    conversation.delete_with_undo()
    conversation.purge()
    assert upstream.record().closed.wait(10)
    assert process.run(_live_count(process)) == 0
    assert not Message.objects.exists()


def test_the_row_of_a_deleted_reply_is_closed_all_the_same(
    process: Running, upstream: Upstream, alice: User
) -> None:
    gate = Gate(2)
    upstream.play(Answer("one two three", gates=(gate,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(reply, lambda text: text == "one two ")
    reply.message.conversation.delete_with_undo()
    reply.message.conversation.purge()
    gate.release()
    assert process.run(_live_count(process)) == 0
    call = Call.objects.get()
    assert call.status != "running"
    assert call.reserved_tokens == 0
    assert not Message.objects.exists()


def test_the_end_of_the_process_interrupts_what_still_runs(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Answer("one two three", gates=(Gate(2),)), Answer(gates=(Gate(-1),)))
    begun = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(begun, lambda text: text == "one two ")
    waiting = replies.start(alice, "Hello", send_id=uuid4())
    process.run(process.process.drain(0))
    begun, waiting = process.ended(begun), process.ended(waiting)
    assert (begun.state, begun.message.text) == ("interrupted", "one two ")
    assert (waiting.state, bool(waiting.error)) == ("failed", True)
    assert not Call.objects.running().exists()


def test_replies_may_finish_within_the_grace_period(
    process: Running, upstream: Upstream, alice: User
) -> None:
    gate = Gate(2)
    upstream.play(Answer("one two three", gates=(gate,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(reply, lambda text: text == "one two ")
    gate.release()
    process.run(process.process.drain(10))
    assert process.ended(reply).state == "done"


def test_a_stop_before_the_reply_took_its_first_step_ends_it(
    process: Running, upstream: Upstream, alice: User
) -> None:
    busy = threading.Event()
    process.loop.call_soon_threadsafe(busy.wait, 10)
    reply = replies.start(alice, "Hello", send_id=uuid4())
    replies.stop(reply)
    busy.set()
    process.begun()
    assert process.ended(reply).state == "stopped"
    assert not Call.objects.running().exists()
    assert not upstream.records


def test_a_reply_that_cannot_be_written_is_given_away_and_others_do_not_notice(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(*[Answer("one two", gates=(Gate(1),)) for _ in range(2)])
    wrong, right = [replies.start(alice, "Hello", send_id=uuid4()) for _ in range(2)]
    for reply in (wrong, right):
        process.committed(reply, lambda text: text == "one ")
    live, other = process.begun(wrong, right)

    async def impossible() -> None:
        process.process.scribe.put(Text(live, -1, "at no place"))
        process.process.scribe.put(Text(other, 4, "three"), urgent=True)

    process.run(impossible())
    assert process.committed(right, lambda text: text.endswith("three")) == "one three"
    settle_calls_of(None, by=UUID(int=1))
    assert process.ended(wrong).message.text == "one "
    assert process.ended(wrong).state == "interrupted"
    replies.stop(right)
    assert process.ended(right).state == "stopped"


async def _live_count(process: Running) -> int:
    """How many replies run once those of this test have ended."""
    while process.process.live:
        live = next(iter(process.process.live.values()))
        changed = live.changed
        if not live.ended:
            await changed.wait()
    return len(process.process.live)
