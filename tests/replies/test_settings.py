"""What is set for a conversation arrives at the model, and what a model does not take goes another way."""

from typing import Any
from uuid import uuid4

import pytest

from chat import replies
from chat.models import Call, Chosen, Conversation, Message, User
from tests.running import Running
from tests.upstream import Answer, Status, Upstream

NO_SYSTEM = Status(400, {"message": "This model does not support 'system' role in messages."})
TOO_LONG = Status(400, {"error": {"message": "maximum context length exceeded"}})
SENT = {
    "temperature": 0.7,
    "max_tokens": 500,
    "top_p": 0.9,
    "seed": 7,
    "stop": ["END", "\n\n"],
    "top_k": 40,
    "min_p": 0.05,
    "top_a": 0.1,
    "repetition_penalty": 1.1,
    "frequency_penalty": -0.5,
    "presence_penalty": 2.0,
    "response_format": {"type": "json_object"},
    "prediction": {"type": "content", "content": "Dear all"},
}


@pytest.fixture
def conversation(alice: User, transactional_db: None) -> Conversation:
    return Conversation.objects.create(owner=alice, title="Hers", settings={"system": "Be brief."})


def ask(process: Running, conversation: Conversation, text: str = "Hello") -> Any:
    conversation.refresh_from_db()
    return process.ended(replies.start(conversation.owner, text, send_id=uuid4(), conversation=conversation))


def test_everything_that_is_set_is_sent_and_nothing_else(
    process: Running, upstream: Upstream, conversation: Conversation, settings: Any
) -> None:
    settings.MODELS = [*settings.MODELS, "another/model"]
    conversation.use(Chosen(model="another/model", settings={"system": "Be brief.", **SENT}))
    reply = ask(process, conversation)
    body = dict(upstream.record().body)
    assert body.pop("messages") == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
    ]
    assert (body.pop("stream"), body.pop("stream_options")) == (True, {"include_usage": True})
    assert body.pop("model") == reply.model == Call.objects.get().model_requested == "another/model"
    assert body == SENT
    assert Call.objects.get().max_tokens == 500


def test_what_is_not_set_is_not_sent(
    process: Running, upstream: Upstream, alice: User, settings: Any
) -> None:
    process.ended(replies.start(alice, "Hello", send_id=uuid4()))
    assert upstream.record().body == {
        "model": settings.MODEL_ID,
        "messages": [{"role": "user", "content": "Hello"}],
        "max_tokens": settings.MAX_TOKENS,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_what_no_form_would_have_taken_is_not_sent(
    process: Running, upstream: Upstream, conversation: Conversation
) -> None:
    conversation.use(
        Chosen(settings={"temperature": 9, "top_k": "x", "seed": True, "tools": [{}], "model": "x", "n": 9})
    )
    ask(process, conversation)
    assert upstream.record().body.keys() == {"model", "messages", "max_tokens", "stream", "stream_options"}


def test_a_changed_setting_holds_from_the_next_message_on(
    process: Running, upstream: Upstream, conversation: Conversation
) -> None:
    ask(process, conversation)
    conversation.use(Chosen(settings={"temperature": 0.0}))
    ask(process, conversation, "Again")
    assert "temperature" not in upstream.record(0).body
    assert upstream.record(1).body["temperature"] == 0
    assert [message["role"] for message in upstream.record(1).body["messages"]] == [
        "user",
        "assistant",
        "user",
    ]


def test_a_model_without_system_prompts_gets_it_before_the_first_turn_as_a_call_of_its_own(
    process: Running, upstream: Upstream, conversation: Conversation
) -> None:
    upstream.play(NO_SYSTEM, Answer("Brief."))
    reply = ask(process, conversation)
    assert (reply.state, reply.message.text) == ("done", "Brief.")
    assert upstream.record(1).body["messages"] == [{"role": "user", "content": "Be brief.\n\nHello"}]
    first, second = Call.objects.order_by("pk")
    assert (first.status, first.error, first.reserved_tokens) == ("failed", "system_role_refused", 0)
    assert (second.status, second.http_status) == ("done", 200)
    assert Message.objects.get(role="user").text == "Hello"


def test_nothing_of_that_is_remembered(
    process: Running, upstream: Upstream, conversation: Conversation
) -> None:
    upstream.play(NO_SYSTEM, Answer("Brief."), Answer("Yes."))
    ask(process, conversation)
    ask(process, conversation, "Again")
    assert [message["role"] for message in upstream.record(2).body["messages"]] == [
        "system",
        "user",
        "assistant",
        "user",
    ]


def test_it_is_asked_so_once_only(process: Running, upstream: Upstream, conversation: Conversation) -> None:
    upstream.play(NO_SYSTEM, NO_SYSTEM)
    reply = ask(process, conversation)
    assert (reply.state, len(upstream.records)) == ("failed", 2)
    assert reply.error == "The model does not accept instructions for the whole conversation."


def test_without_a_system_prompt_there_is_nothing_to_ask_again(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(NO_SYSTEM)
    reply = process.ended(replies.start(alice, "Hello", send_id=uuid4()))
    assert (reply.state, len(upstream.records)) == ("failed", 1)


def test_a_conversation_that_is_too_long_as_well_keeps_its_system_prompt(
    process: Running, upstream: Upstream, conversation: Conversation
) -> None:
    upstream.play(Answer("One."), Answer("Two."))
    ask(process, conversation, "First")
    ask(process, conversation, "Second")
    upstream.play(NO_SYSTEM, TOO_LONG, Answer("Three."))
    assert ask(process, conversation, "Third").state == "done"
    assert upstream.record(4).body["messages"] == [
        {"role": "user", "content": "Be brief.\n\nSecond"},
        {"role": "assistant", "content": "Two."},
        {"role": "user", "content": "Third"},
    ]


def test_a_model_that_is_not_offered_is_not_asked(
    process: Running, upstream: Upstream, conversation: Conversation
) -> None:
    first = ask(process, conversation)
    Conversation.objects.update(model="withdrawn")
    conversation.refresh_from_db()
    with pytest.raises(replies.ModelNotOffered):
        replies.start(conversation.owner, "Anybody?", send_id=uuid4(), conversation=conversation)
    question = Message.objects.select_related("conversation").get(pk=first.message.parent_id)
    with pytest.raises(replies.ModelNotOffered) as refused:
        replies.regenerate(conversation.owner, question, send_id=uuid4())
    assert "“withdrawn” is not offered here any more" in refused.value.sentence
    assert (Call.objects.count(), conversation.messages.count(), len(upstream.records)) == (1, 2, 1)
