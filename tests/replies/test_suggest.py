"""A title that the model suggests: one ledger row of its own, closed in every end."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections

from chat import replies, usage
from chat.folding import fold
from chat.models import Call, Conversation, Message, User, Worker
from chat.replies import suggest
from chat.replies.errors import NothingSaid, TitleAsked
from chat.replies.recover import settle_calls_of
from tests.running import Running
from tests.said import answered, asked
from tests.site import wait_for
from tests.upstream import Answer, Completion, Gate, Html, Status, Upstream
from tests.upstream.journal import Record
from tests.upstream.plays import Play, Wire

DEAD = UUID(int=1)


@dataclass(frozen=True)
class Held:
    """A play that waits for the test."""

    gate: Gate
    play: Play

    async def perform(self, wire: Wire, record: Record) -> None:
        await self.gate.wait()
        await self.play.perform(wire, record)


@pytest.fixture
def conversation(alice: User) -> Conversation:
    """Alice's, with a question and an answer."""
    made = Conversation.objects.create(owner=alice, title="How do fjords form?")
    answered(asked(made, "How do fjords form?"), "By ice.")
    return made


@pytest.fixture
def gate() -> Iterator[Gate]:
    held = Gate()
    yield held
    held.release()


def suggested(conversation: Conversation) -> str:
    """The title after a suggestion was asked for."""
    async_to_sync(replies.suggest_title)(conversation.owner, conversation)
    return Conversation.objects.get(pk=conversation.pk).title


def test_the_title_is_the_models(process: Running, upstream: Upstream, conversation: Conversation) -> None:
    upstream.play(Completion('"How Fjords Form."', usage=(50, 6)))
    assert suggested(conversation) == "How Fjords Form"
    conversation.refresh_from_db()
    assert conversation.search_title == fold("How Fjords Form")


def test_the_model_is_asked_shortly_about_the_first_turns(
    process: Running, upstream: Upstream, conversation: Conversation
) -> None:
    upstream.play(Completion("Fjords"))
    suggested(conversation)
    body = upstream.record().body
    (turn,) = body["messages"]
    assert turn["role"] == "user"
    assert "How do fjords form?" in turn["content"]
    assert "By ice." in turn["content"]
    assert (body["max_tokens"], body["temperature"]) == (24, 0.2)


def test_long_turns_are_shown_to_it_in_part(process: Running, upstream: Upstream, alice: User) -> None:
    long = Conversation.objects.create(owner=alice, title="Long")
    Message.objects.create(conversation=long, role="user", text="x" * 100_000)
    upstream.play(Completion("Fjords"))
    suggested(long)
    assert Call.objects.get().prompt_characters < 2000


def test_it_is_a_ledger_row_of_its_own(
    process: Running, upstream: Upstream, conversation: Conversation, alice: User
) -> None:
    upstream.play(Completion("Fjords", usage=(50, 6)))
    suggested(conversation)
    call = Call.objects.get()
    assert (call.source, call.status, call.reply_id) == ("title", "done", None)
    assert (call.user_id, call.conversation_id) == (alice.pk, conversation.pk)
    assert (call.prompt_tokens, call.completion_tokens, call.usage_source) == (50, 6, "provider")
    assert (call.reserved_tokens, call.http_status) == (0, 200)
    assert upstream.record().headers["x-client-request-id"] == str(call.request_id)


@pytest.mark.parametrize(
    ("play", "error", "usage_source"),
    [
        (Status(429), "rate_limited", "none"),
        (Status(401), "key_refused", "none"),
        (Html(), "bad_answer", "estimate"),
        (Answer("A stream"), "bad_answer", "estimate"),
    ],
)
def test_a_refusal_closes_the_row_and_changes_no_title(
    process: Running,
    upstream: Upstream,
    conversation: Conversation,
    play: Play,
    error: str,
    usage_source: str,
) -> None:
    upstream.play(play)
    with pytest.raises(replies.NoTitle) as raised:
        suggested(conversation)
    assert raised.value.sentence.endswith(".")
    call = Call.objects.get()
    assert (call.status, call.error, call.usage_source) == ("failed", error, usage_source)
    assert call.reserved_tokens == 0
    assert len(upstream.records) == 1
    conversation.refresh_from_db()
    assert conversation.title == "How do fjords form?"


def test_an_answer_without_words_is_paid_for_and_is_no_title(
    process: Running, upstream: Upstream, conversation: Conversation
) -> None:
    upstream.play(Completion('""'))
    with pytest.raises(replies.NoTitle):
        suggested(conversation)
    assert Call.objects.get().status == "done"
    conversation.refresh_from_db()
    assert conversation.title == "How do fjords form?"


def test_a_model_that_says_nothing_is_not_waited_for_for_ever(
    process: Running, upstream: Upstream, conversation: Conversation, gate: Gate, monkeypatch: Any
) -> None:
    monkeypatch.setattr(suggest, "SECONDS", 0.2)
    upstream.play(Held(gate, Completion("Late")))
    with pytest.raises(replies.NoTitle, match="too long"):
        suggested(conversation)
    call = Call.objects.get()
    assert (call.status, call.error, call.usage_source) == ("failed", "timeout", "estimate")
    assert upstream.record().closed.wait(5)


def test_who_goes_away_stops_the_request(
    process: Running, upstream: Upstream, conversation: Conversation, gate: Gate
) -> None:
    upstream.play(Held(gate, Completion("Late")))

    async def go_away() -> None:
        asking = asyncio.create_task(replies.suggest_title(conversation.owner, conversation))
        await asyncio.to_thread(gate.reached.wait, 10)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await sync_to_async(connections.close_all)()

    asyncio.run(go_away())

    assert upstream.record().closed.wait(5)
    wait_for(lambda: Call.objects.get().status == "stopped", "the ledger row to be closed", 5)
    assert Call.objects.get().usage_source == "estimate"


def test_while_it_is_asked_its_process_is_known_to_live(
    process: Running, upstream: Upstream, conversation: Conversation, gate: Gate
) -> None:
    upstream.play(Held(gate, Completion("Fjords")))
    title = suggest._ask(conversation.owner, conversation)
    assert gate.reached.wait(10)
    assert process.process._calls() == {Call.objects.get().pk}
    alive = Worker.objects.filter(pk=process.process.worker)
    wait_for(alive.exists, "a heartbeat", 5)
    gate.release()
    assert title.result(5) == "Fjords"
    assert process.process._calls() == set()


def test_the_end_of_the_process_interrupts_it_and_says_so(
    process: Running, upstream: Upstream, conversation: Conversation, gate: Gate
) -> None:
    upstream.play(Held(gate, Completion("Late")))
    title = suggest._ask(conversation.owner, conversation)
    assert gate.reached.wait(10)
    process.run(process.process.close())
    with pytest.raises(replies.ShuttingDown):
        title.result(5)
    assert Call.objects.get().status == "interrupted"


def test_the_end_of_the_process_lets_it_come_to_its_end_within_the_grace(
    process: Running, upstream: Upstream, conversation: Conversation, gate: Gate
) -> None:
    upstream.play(Held(gate, Completion("Fjords")))
    title = suggest._ask(conversation.owner, conversation)
    assert gate.reached.wait(10)
    draining = asyncio.run_coroutine_threadsafe(process.process.drain(10), process.loop)
    gate.release()
    draining.result(10)
    assert title.result(1) == "Fjords"
    assert Call.objects.get().status == "done"


def test_what_a_killed_process_left_open_is_settled(alice: User, conversation: Conversation) -> None:
    usage.admit(
        usage.Admission.of(
            alice,
            source="title",
            model="m",
            prompt_characters=40,
            max_tokens=24,
            worker=DEAD,
            conversation_id=conversation.pk,
        )
    )
    settle_calls_of(DEAD, by=UUID(int=2))
    call = Call.objects.get()
    assert (call.status, call.usage_source, call.prompt_tokens) == ("interrupted", "estimate", 10)
    assert call.reserved_tokens == 0


def test_a_title_that_was_given_meanwhile_stays(
    process: Running, upstream: Upstream, conversation: Conversation
) -> None:
    upstream.play(Completion("Fjords"))
    stale = Conversation.objects.get(pk=conversation.pk)
    conversation.rename("Mine")
    assert suggested(stale) == "Mine"


def test_one_is_asked_for_at_a_time(
    process: Running, upstream: Upstream, conversation: Conversation, gate: Gate
) -> None:
    upstream.play(Held(gate, Completion("Fjords")))
    title = suggest._ask(conversation.owner, conversation)
    assert gate.reached.wait(10)
    with pytest.raises(TitleAsked):
        suggested(conversation)
    gate.release()
    title.result(5)
    assert len(upstream.records) == 1


def test_where_nothing_was_said_nothing_is_asked(process: Running, upstream: Upstream, alice: User) -> None:
    with pytest.raises(NothingSaid):
        suggested(Conversation.objects.create(owner=alice, title="Empty"))
    assert not upstream.records
    assert not Call.objects.exists()


def test_a_process_that_ends_asks_for_none(
    process: Running, upstream: Upstream, conversation: Conversation
) -> None:
    process.run(process.process.drain(0))
    with pytest.raises(replies.ShuttingDown):
        suggested(conversation)
    assert not upstream.records


def test_a_reply_and_a_title_do_not_wait_for_each_other(
    process: Running, upstream: Upstream, conversation: Conversation, gate: Gate, settings: Any
) -> None:
    settings.RUNNING_REPLIES = settings.RUNNING_REPLIES_A_USER = 1
    upstream.play(Held(gate, Completion("Fjords")), Answer("Good day"))
    title = suggest._ask(conversation.owner, conversation)
    assert gate.reached.wait(10)
    reply = process.ended(replies.start(conversation.owner, "Hello", send_id=uuid4()))
    assert reply.state == "done"
    gate.release()
    title.result(5)
