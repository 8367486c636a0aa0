"""How full the model's window is, and what the next send carries."""

from datetime import date
from typing import Any
from uuid import uuid4

import orjson
import pytest

from chat import replies
from chat.llm import render_request
from chat.models import Conversation, Message, Price, User
from tests.running import Running
from tests.upstream import Answer, Gate, Upstream


@pytest.fixture(autouse=True)
def _small(settings: Any) -> None:
    settings.CONTEXT_TOKENS, settings.MAX_TOKENS = 1000, 400


def asked(process: Running, user: User, text: str, conversation: Conversation | None = None) -> Conversation:
    """The conversation once `text` is answered."""
    reply = process.ended(replies.start(user, text, send_id=uuid4(), conversation=conversation))
    return reply.message.conversation


def meter_of(conversation: Conversation) -> replies.Meter:
    meter = replies.meter(conversation, conversation.branch())
    assert meter is not None
    return meter


def test_after_an_answer_it_shows_what_the_provider_counted(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Answer("Good day", usage=(37, 5)))
    meter = meter_of(asked(process, alice, "Hello"))
    assert (meter.used, meter.is_exact) == (42, True)
    assert (meter.window, meter.answer, meter.whole) == (600, 400, 1000)


def test_the_newest_answer_counts(process: Running, upstream: Upstream, alice: User) -> None:
    upstream.play(Answer("Good day", usage=(37, 5)), Answer("Good night", usage=(60, 7)))
    conversation = asked(process, alice, "Bye", asked(process, alice, "Hello"))
    assert (meter_of(conversation).used, meter_of(conversation).is_exact) == (67, True)


def test_without_a_count_it_is_an_estimate_and_says_so(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Answer("b" * 200, usage=None))
    meter = meter_of(asked(process, alice, "a" * 200))
    assert (meter.used, meter.is_exact) == (100, False)


def test_while_an_answer_is_written_only_the_question_is_guessed(
    process: Running, upstream: Upstream, alice: User
) -> None:
    gate = Gate(0)
    upstream.play(Answer("b" * 40, usage=(10, 10)), Answer(gates=(gate,)))
    conversation = asked(process, alice, "a" * 40)
    question = "c" * (40 - len("\n\n"))  # which part it from the next one
    replies.start(alice, question, send_id=uuid4(), conversation=conversation)
    meter = meter_of(conversation)
    gate.release()
    assert (meter.used, meter.is_exact) == (20 + 10, False)


def test_another_branch_has_its_own_count(process: Running, upstream: Upstream, alice: User) -> None:
    upstream.play(Answer("Heads", usage=(10, 1)), Answer("Tails", usage=(10, 9)))
    conversation = asked(process, alice, "Toss a coin")
    first = conversation.branch()[-1]
    process.ended(replies.regenerate(alice, conversation.branch()[0], send_id=uuid4()))
    meter = replies.meter(conversation, conversation.branch(first.pk))
    assert meter is not None
    assert (meter.used, meter.leaf) == (11, first.pk)
    assert meter_of(conversation).used == 19


def test_it_tells_where_the_log_is_cut(process: Running, upstream: Upstream, alice: User) -> None:
    upstream.play(Answer("b" * 890, usage=(222, 222)), Answer("d" * 890, usage=(222, 222)))
    conversation = asked(process, alice, "a" * 890)
    assert meter_of(conversation).first is None
    asked(process, alice, "c" * 890, conversation)
    _, _, third, _ = conversation.branch()
    meter = meter_of(conversation)
    assert meter.first == third.pk
    assert (meter.used, meter.is_exact) == (444, True)


def test_the_next_send_is_priced_without_its_message_and_answer(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Answer("Good day", usage=(37, 5)))
    conversation = asked(process, alice, "Hello")
    assert meter_of(conversation).cost_nano_usd is None
    Price.objects.create(
        model="mistralai/mistral-tiny",
        starts_on=date(2000, 1, 1),
        prompt_nano_usd=250,
        completion_nano_usd=9000,
    )
    assert meter_of(conversation).cost_nano_usd == 42 * 250


def test_a_branch_without_messages_has_no_meter(alice: User) -> None:
    assert replies.meter(Conversation.objects.create(owner=alice, title="Empty"), []) is None


def test_what_is_shown_is_what_is_sent(process: Running, upstream: Upstream, alice: User) -> None:
    conversation = asked(process, alice, "Hello")
    conversation.settings = {"system": "Be brief.", "temperature": 0.5}
    conversation.save()
    shown = render_request(replies.next_request(conversation, conversation.branch()))
    asked(process, alice, replies.NEXT, conversation)
    sent = upstream.record(1).body
    assert sent["messages"][0] == {"role": "system", "content": "Be brief."}
    assert orjson.loads(shown) == sent


def test_the_request_of_a_question_is_the_one_that_was_sent(
    process: Running, upstream: Upstream, alice: User
) -> None:
    conversation = asked(process, alice, "And then?", asked(process, alice, "Hello"))
    question = Message.objects.get(conversation=conversation, text="And then?")
    assert orjson.loads(render_request(replies.request_for(question))) == upstream.record(1).body


def test_a_send_reserves_what_was_counted_and_guesses_the_rest(
    process: Running, upstream: Upstream, alice: User
) -> None:
    gate = Gate(0)
    upstream.play(Answer("b" * 40, usage=(10, 10)), Answer(gates=(gate,)))
    conversation = asked(process, alice, "a" * 40)
    reply = replies.start(alice, "c" * 40, send_id=uuid4(), conversation=conversation)
    reserved = reply.calls.get().reserved_tokens
    gate.release()
    assert reserved == 20 + 10 + 400


def test_where_tokens_are_short_the_log_is_cut_before_the_window_is_full(
    process: Running, upstream: Upstream, alice: User, settings: Any
) -> None:
    """A Chinese sign is about a token: reckoned as English, three times as much as fits would be sent."""
    settings.CONTEXT_TOKENS = 4400
    upstream.play(*(Answer("山" * 1500, usage=(prompt, 1500)) for prompt in (1500, 4500, 1500)))
    conversation = asked(process, alice, "水" * 1500)
    for _ in range(2):
        asked(process, alice, "水" * 1500, conversation)
    meter = meter_of(conversation)
    assert meter.first == conversation.branch()[-2].pk
    assert meter.used == 3000 < meter.window == 4000


def test_where_not_even_the_newest_turn_fits_the_cut_is_below_it(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Answer("b" * 1790, usage=(7, 593)))
    meter = meter_of(asked(process, alice, "a" * 20))
    assert (meter.first, meter.sends_none, meter.used) == (None, True, 0)
