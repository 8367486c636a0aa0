"""Continue: the same message goes on, by a ledger row of its own, once a form."""

from uuid import uuid4

import pytest

from chat import replies
from chat.models import Call, Reply, ReplyChunk, User
from chat.replies.recover import settle_calls_of
from tests.running import Running
from tests.upstream import MODEL, Answer, Cut, Gate, Status, Upstream


def interrupted(process: Running, upstream: Upstream, user: User) -> Reply:
    upstream.play(Answer("one two three", ending=Cut(2)))
    reply = process.ended(replies.start(user, "Hello", send_id=uuid4()))
    assert (reply.state, reply.message.text) == ("interrupted", "one two ")
    return reply


def test_the_text_goes_on_in_the_same_message(process: Running, upstream: Upstream, alice: User) -> None:
    reply = interrupted(process, upstream, alice)
    upstream.play(Answer("three four", usage=(20, 2)))

    replies.resume(alice, reply, send_id=uuid4())

    reply = process.ended(reply)
    assert (reply.state, reply.message.text) == ("done", "one two three four")
    assert "one two three four" in reply.message.html
    assert not ReplyChunk.objects.exists()
    first, second = Call.objects.order_by("pk")
    assert (first.status, first.usage_source, first.completion_characters) == ("interrupted", "estimate", 8)
    assert (second.status, second.completion_tokens, second.completion_characters) == ("done", 2, 10)


def test_the_model_is_told_what_it_said_and_to_go_on(
    process: Running, upstream: Upstream, alice: User
) -> None:
    reply = interrupted(process, upstream, alice)
    replies.resume(alice, reply, send_id=uuid4())
    process.ended(reply)
    turns = upstream.record(1).body["messages"]
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user"]
    assert [turn["content"] for turn in turns[:2]] == ["Hello", "one two "]


def test_a_form_that_is_sent_twice_continues_once(process: Running, upstream: Upstream, alice: User) -> None:
    reply = interrupted(process, upstream, alice)
    gate = Gate(1)
    upstream.play(Answer("three", gates=(gate,), finish="length"))
    send_id = uuid4()
    replies.resume(alice, reply, send_id=send_id)
    replies.resume(alice, reply, send_id=send_id)
    with pytest.raises(replies.StillWriting):
        replies.resume(alice, reply, send_id=uuid4())
    gate.release()
    assert process.ended(reply).message.text == "one two three"
    replies.resume(alice, reply, send_id=send_id)
    assert process.ended(reply).state == "done"
    assert len(upstream.records) == 2


def test_what_came_to_its_end_is_not_continued(process: Running, alice: User) -> None:
    reply = process.ended(replies.start(alice, "Hello", send_id=uuid4()))
    with pytest.raises(replies.NotCut):
        replies.resume(alice, reply, send_id=uuid4())


def test_what_was_answered_already_is_not_continued(
    process: Running, upstream: Upstream, alice: User
) -> None:
    reply = interrupted(process, upstream, alice)
    process.ended(replies.start(alice, "And?", send_id=uuid4(), conversation=reply.message.conversation))
    with pytest.raises(replies.NotCut):
        replies.resume(alice, reply, send_id=uuid4())
    assert Reply.objects.get(pk=reply.pk).state == "interrupted"


def test_what_does_not_fit_is_not_asked_without_its_question(
    process: Running, upstream: Upstream, alice: User
) -> None:
    reply = interrupted(process, upstream, alice)
    upstream.play(Status(400, {"error": {"message": "maximum context length exceeded"}}))
    replies.resume(alice, reply, send_id=uuid4())
    reply = process.ended(reply)
    assert (reply.state, reply.message.text) == ("interrupted", "one two ")
    assert reply.model_answered == MODEL
    assert len(upstream.records) == 2


def test_a_reader_elsewhere_follows_a_continued_reply(
    process: Running, upstream: Upstream, alice: User
) -> None:
    reply = interrupted(process, upstream, alice)
    gate = Gate(1)
    upstream.play(Answer("three four", gates=(gate,)))

    async def elsewhere() -> str:
        async with process.process.looks.tail(reply.pk) as tail:
            while not tail.ended:
                gate.release()
                await tail.changed.wait()
            return tail.text

    replies.resume(alice, reply, send_id=uuid4())
    process.committed(reply, lambda text: text == "one two three ")
    assert "one two three four".startswith(process.run(elsewhere()))
    assert process.ended(reply).message.text == "one two three four"


def test_a_part_that_brings_nothing_leaves_what_was_there(
    process: Running, upstream: Upstream, alice: User
) -> None:
    reply = interrupted(process, upstream, alice)
    upstream.play(Answer("never", ending=Cut(0)))
    replies.resume(alice, reply, send_id=uuid4())
    reply = process.ended(reply)
    assert (reply.state, reply.message.text) == ("interrupted", "one two ")


def test_a_dead_process_is_charged_for_the_new_part_alone(
    process: Running, upstream: Upstream, alice: User
) -> None:
    reply = interrupted(process, upstream, alice)
    gate = Gate(1)
    upstream.play(Answer("three four", gates=(gate,)))
    replies.resume(alice, reply, send_id=uuid4())
    process.committed(reply, lambda text: text == "one two three ")

    settle_calls_of(process.process.worker, by=uuid4())

    reply = Reply.objects.select_related("message").get(pk=reply.pk)
    assert (reply.state, reply.message.text) == ("interrupted", "one two three ")
    assert Call.objects.latest("pk").completion_characters == len("three ")
    gate.release()
    process.ended(reply)
