"""A wall clock that jumps: messages stay in their order, and replies run on."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from chat import replies
from chat.models import Call, User
from tests.running import Running
from tests.upstream import Answer, Gate, Upstream

JUMPS = {
    "an hour forward": timedelta(hours=1),
    "an hour back": timedelta(hours=-1),
    "a year forward": timedelta(days=365),
    "a year back": timedelta(days=-365),
}


@pytest.mark.parametrize("jump", JUMPS)
def test_a_reply_runs_through_a_jump_of_the_clock(
    process: Running, upstream: Upstream, alice: User, jump: str
) -> None:
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)), Answer("Second."))
    first = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(first, lambda text: text == "First words, ")
    conversation = first.message.conversation

    with time_machine.travel(timezone.now() + JUMPS[jump]):
        middle.release()
        assert process.ended(first).state == "done"
        second = replies.start(alice, "And then?", send_id=uuid4(), conversation=conversation)
        assert process.ended(second).state == "done"

    texts = [message.text for message in conversation.branch()]
    assert texts == ["Hello", "First words, and then the end.", "And then?", "Second."]
    assert [message["content"] for message in upstream.record(1).body["messages"]] == texts[:3]
    assert not Call.objects.running().exists()
    assert all(call.duration_ms is not None and call.duration_ms < 10_000 for call in Call.objects.all())
