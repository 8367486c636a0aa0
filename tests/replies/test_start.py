"""Beginning a reply."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from chat import replies
from chat.models import Call, Conversation, Message, Reply, User
from tests.running import Running
from tests.upstream import Answer, Gate, Upstream


def test_a_first_message_makes_a_conversation_with_its_title(process: Running, alice: User) -> None:
    reply = replies.start(alice, "Hello there", send_id=uuid4())
    conversation = reply.message.conversation
    assert conversation.title == "Hello there"
    assert [message.role for message in conversation.branch()] == ["user", "assistant"]
    process.ended(reply)


def test_the_ledger_row_is_open_before_the_upstream_is_asked(
    process: Running, upstream: Upstream, alice: User
) -> None:
    gate = Gate(-1)
    upstream.play(Answer(gates=(gate,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    assert gate.reached.wait(10)
    call = Call.objects.get()
    assert (call.status, call.user, call.reply_id) == ("running", alice, reply.pk)
    assert call.reserved_tokens > call.max_tokens
    assert upstream.record().headers["x-client-request-id"] == str(call.request_id)
    gate.release()
    process.ended(reply)


def test_the_conversation_so_far_is_sent(process: Running, upstream: Upstream, alice: User) -> None:
    first = process.ended(replies.start(alice, "One", send_id=uuid4()))
    process.ended(replies.start(alice, "Two", send_id=uuid4(), conversation=first.message.conversation))
    sent = upstream.record(1).body
    assert [turn["role"] for turn in sent["messages"]] == ["user", "assistant", "user"]
    assert sent["messages"][1]["content"] == first.message.text
    assert sent["max_tokens"] == 2048


def test_the_same_send_id_begins_one_reply(process: Running, upstream: Upstream, alice: User) -> None:
    send_id = uuid4()

    def send(_: int) -> int:
        try:
            return replies.start(alice, "Hello", send_id=send_id).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        begun = set(threads.map(send, range(10)))
    assert len(begun) == 1
    process.ended(Reply.objects.get())
    assert (Message.objects.count(), len(upstream.records), Conversation.objects.count()) == (2, 1, 1)


def test_the_same_send_id_with_another_text_is_refused(process: Running, alice: User) -> None:
    send_id = uuid4()
    first = replies.start(alice, "Hello", send_id=send_id)
    with pytest.raises(replies.SendIdReused) as refusal:
        replies.start(alice, "Something else", send_id=send_id)
    assert refusal.value.reply == first
    process.ended(first)


def test_two_people_may_use_the_same_send_id(process: Running, alice: User, charlie: User) -> None:
    send_id = uuid4()
    for user in (alice, charlie):
        process.ended(replies.start(user, "Hello", send_id=send_id))
    assert Reply.objects.count() == 2


def test_a_message_waits_until_the_last_reply_has_ended(
    process: Running, upstream: Upstream, alice: User
) -> None:
    gate = Gate(1)
    upstream.play(Answer(gates=(gate,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    with pytest.raises(replies.StillWriting):
        replies.start(alice, "And?", send_id=uuid4(), conversation=reply.message.conversation)
    with pytest.raises(replies.StillWriting):
        replies.regenerate(alice, reply.message.parent, send_id=uuid4())
    gate.release()
    process.ended(reply)
    assert Message.objects.count() == 2


def test_regenerate_makes_a_sibling(process: Running, upstream: Upstream, alice: User) -> None:
    first = process.ended(replies.start(alice, "Hello", send_id=uuid4()))
    second = process.ended(replies.regenerate(alice, first.message.parent, send_id=uuid4()))
    assert first.message.parent == second.message.parent
    assert upstream.record(1).body["messages"] == upstream.record(0).body["messages"]


def test_a_parent_of_another_conversation_writes_nothing(process: Running, alice: User) -> None:
    one = process.ended(replies.start(alice, "One", send_id=uuid4()))
    two = process.ended(replies.start(alice, "Two", send_id=uuid4()))
    with pytest.raises(Message.DoesNotExist):
        replies.start(
            alice,
            "Three",
            send_id=uuid4(),
            conversation=one.message.conversation,
            parent=two.message_id,
        )
    assert Message.objects.count() == 4


def test_a_process_that_ends_admits_nothing(process: Running, alice: User) -> None:
    process.run(process.process.drain(1))
    with pytest.raises(replies.ShuttingDown):
        replies.start(alice, "Hello", send_id=uuid4())
    assert not Message.objects.exists()
    assert not Call.objects.exists()


def test_two_tabs_at_once_begin_one_reply_below_one_message(
    process: Running, upstream: Upstream, alice: User
) -> None:
    first = process.ended(replies.start(alice, "Hello", send_id=uuid4()))
    gates = [Gate(0) for _ in range(6)]
    upstream.play(*[Answer(gates=(gate,)) for gate in gates])

    def send(number: int) -> bool:
        conversation = Conversation.objects.get(pk=first.message.conversation_id)
        try:
            replies.start(alice, f"Tab {number}", send_id=uuid4(), conversation=conversation)
            return True
        except replies.StillWriting:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as tabs:
        assert sum(tabs.map(send, range(6))) == 1
    for gate in gates:
        gate.release()
    process.ended(Reply.objects.latest("pk"))


def test_nothing_begins_in_a_conversation_that_was_deleted_meanwhile(
    process: Running, upstream: Upstream, alice: User
) -> None:
    conversation = process.ended(replies.start(alice, "One", send_id=uuid4())).message.conversation
    Conversation.objects.get().delete_with_undo()
    with pytest.raises(Conversation.DoesNotExist):
        replies.start(alice, "Late", send_id=uuid4(), conversation=conversation)
    assert len(upstream.records) == 1


def test_the_same_send_id_in_another_conversation_is_refused(process: Running, alice: User) -> None:
    one, two = [
        process.ended(replies.start(alice, "One", send_id=uuid4())).message.conversation for _ in range(2)
    ]
    send_id = uuid4()
    process.ended(replies.start(alice, "Same", send_id=send_id, conversation=one))
    with pytest.raises(replies.SendIdReused):
        replies.start(alice, "Same", send_id=send_id, conversation=two)
    with pytest.raises(replies.SendIdReused):
        replies.start(alice, "Same", send_id=send_id)
