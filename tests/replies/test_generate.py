"""From the upstream's stream to the stored reply and its ledger row."""

from uuid import uuid4

import pytest

from chat import replies
from chat.models import Call, Conversation, Price, Reply, ReplyChunk, User
from tests.running import Running
from tests.upstream import (
    Answer,
    Completion,
    Cut,
    Gate,
    Html,
    Play,
    Reset,
    Status,
    Stream,
    Upstream,
    text_event,
)


def ask(process: Running, user: User, text: str = "Hello") -> Reply:
    return process.ended(replies.start(user, text, send_id=uuid4()))


def test_what_the_upstream_wrote_is_stored(process: Running, upstream: Upstream, alice: User) -> None:
    upstream.play(Answer("Grüße, **Welt** 👋\n\n- a\n- b", usage=(12, 7)))
    reply = ask(process, alice)
    assert (reply.state, reply.finish_reason) == ("done", "stop")
    assert reply.message.text == upstream.record().text
    assert "<strong>Welt</strong>" in reply.message.html
    assert not ReplyChunk.objects.exists()


def test_the_ledger_holds_what_the_provider_reported(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Answer(usage=(12, 7), cost_usd=0.000123))
    ask(process, alice)
    call = Call.objects.get()
    assert (call.status, call.usage_source) == ("done", "provider")
    assert (call.prompt_tokens, call.completion_tokens) == (12, 7)
    assert call.cost_nano_usd == 123_000
    assert (call.reserved_tokens, call.http_status) == (0, 200)
    assert call.ttft_ms is not None
    assert call.duration_ms is not None
    assert call.upstream_id


@pytest.mark.parametrize(
    "play",
    [
        Answer(usage=(12, 7), cost_usd=0.000123),
        Completion(usage=(12, 7), meta={"usage": {"credits_used": 246}}),
        Completion(usage=(12, 7), headers={"x-aimlapi-usd-spent": "0.000123"}),
        Completion(usage=(12, 7), headers={"x-aimlapi-credits-used": "246"}),
    ],
)
def test_a_cost_that_the_provider_reports_wins_over_the_price(
    process: Running, upstream: Upstream, alice: User, play: Play
) -> None:
    Price.objects.create(
        model="mistralai/mistral-tiny", starts_on="2020-01-01", prompt_nano_usd=1, completion_nano_usd=1
    )
    upstream.play(play)
    ask(process, alice)
    assert Call.objects.get().cost_nano_usd == 123_000


def test_a_price_makes_the_cost(process: Running, upstream: Upstream, alice: User) -> None:
    Price.objects.create(
        model="mistralai/mistral-tiny",
        starts_on="2020-01-01",
        prompt_nano_usd=250,
        completion_nano_usd=500,
    )
    upstream.play(Answer(usage=(100, 10)))
    ask(process, alice)
    assert Call.objects.get().cost_nano_usd == 100 * 250 + 10 * 500


def test_without_a_price_the_cost_is_unknown(process: Running, alice: User) -> None:
    ask(process, alice)
    assert Call.objects.get().cost_nano_usd is None


def test_missing_usage_is_estimated_and_flagged(process: Running, upstream: Upstream, alice: User) -> None:
    upstream.play(Answer("word " * 100, usage=None))
    ask(process, alice)
    call = Call.objects.get()
    assert call.usage_source == "estimate"
    assert call.completion_tokens == 125  # 500 characters at 4 a token
    assert call.prompt_tokens == 2


def test_estimates_learn_from_what_the_provider_reported(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Answer("a" * 1000, usage=(5, 500)), Answer("b" * 100, usage=None))
    ask(process, alice)
    ask(process, alice)
    assert Call.objects.latest("pk").completion_tokens == 50  # 2 characters a token


@pytest.mark.parametrize("finish", ["length", "content_filter"])
def test_the_finish_reason_is_kept_as_it_is(
    process: Running, upstream: Upstream, alice: User, finish: str
) -> None:
    upstream.play(Answer(finish=finish))
    reply = ask(process, alice)
    assert (reply.state, reply.finish_reason) == ("done", finish)


@pytest.mark.parametrize("ending", [Cut(3), Cut(3, clean=False), Reset(3)])
def test_a_broken_stream_is_interrupted_and_keeps_its_text(
    process: Running, upstream: Upstream, alice: User, ending: object
) -> None:
    upstream.play(Answer("one two three four five", ending=ending))  # type: ignore[arg-type]
    reply = ask(process, alice)
    assert reply.state == "interrupted"
    assert reply.message.text == "one two three "
    assert len(upstream.records) == 1  # after text nothing is asked again by itself
    call = Call.objects.get()
    assert (call.status, call.usage_source) == ("interrupted", "estimate")
    assert call.completion_tokens > 0


def test_an_answer_that_breaks_off_before_its_first_word_is_charged_by_an_estimate(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Answer(ending=Cut(0)))
    assert ask(process, alice).state == "failed"
    call = Call.objects.get()
    assert (call.usage_source, call.prompt_tokens, call.http_status) == ("estimate", 2, 200)


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "bad_request"), (401, "key_refused"), (403, "out_of_credit"), (404, "model_gone")],
)
def test_a_refusal_is_final_and_says_one_sentence(
    process: Running, upstream: Upstream, alice: User, status: int, code: str
) -> None:
    upstream.play(Status(status))
    reply = ask(process, alice)
    assert (reply.state, reply.message.text) == ("failed", "")
    assert reply.error.endswith(".")
    assert len(upstream.records) == 1
    call = Call.objects.get()
    assert (call.status, call.error, call.http_status) == ("failed", code, status)
    assert (call.prompt_tokens, call.completion_tokens, call.usage_source) == (0, 0, "none")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again_as_a_call_of_its_own(
    process: Running, upstream: Upstream, alice: User, status: int
) -> None:
    upstream.play(Status(status, headers={"Retry-After": "0"}))
    reply = ask(process, alice)
    assert reply.state == "done"
    first, second = Call.objects.order_by("pk")
    assert (first.status, first.http_status, first.reserved_tokens) == ("failed", status, 0)
    assert second.status == "done"
    ids = [record.headers["x-client-request-id"] for record in upstream.records]
    assert ids == [str(first.request_id), str(second.request_id)]


def test_after_two_retries_it_has_failed(process: Running, upstream: Upstream, alice: User) -> None:
    upstream.play(*[Status(503, headers={"Retry-After": "0"})] * 3)
    reply = ask(process, alice)
    assert reply.state == "failed"
    assert [call.status for call in Call.objects.all()] == ["failed"] * 3


def test_a_context_that_is_too_long_is_shortened_once(
    process: Running, upstream: Upstream, alice: User
) -> None:
    first = ask(process, alice)
    conversation = first.message.conversation
    process.ended(replies.start(alice, "Two", send_id=uuid4(), conversation=conversation))
    too_long = Status(
        400,
        body=b'{"error": {"message": "maximum context length exceeded", "code": "context_length_exceeded"}}',
    )
    upstream.play(too_long)
    reply = process.ended(replies.start(alice, "Three", send_id=uuid4(), conversation=conversation))
    assert reply.state == "done"
    assert len(upstream.record(2).body["messages"]) == 5
    assert len(upstream.record(3).body["messages"]) == 3


def test_a_page_of_html_fails(process: Running, upstream: Upstream, alice: User) -> None:
    upstream.play(Html())
    assert ask(process, alice).state == "failed"


def test_a_completion_instead_of_a_stream_is_accepted(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Completion("All at once"))
    reply = ask(process, alice)
    assert (reply.state, reply.message.text) == ("done", "All at once")


def test_the_model_that_answered_is_named(process: Running, upstream: Upstream, alice: User) -> None:
    upstream.play(Answer(model="SmolLM2-135M-Instruct"))
    reply = ask(process, alice)
    call = Call.objects.get()
    assert reply.model_answered == call.model_answered == "SmolLM2-135M-Instruct"
    assert call.model_requested == "mistralai/mistral-tiny"


def test_text_is_committed_before_it_is_published(process: Running, upstream: Upstream, alice: User) -> None:
    gate = Gate(3)
    upstream.play(Answer("one two three four", gates=(gate,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    seen = process.committed(reply, lambda text: text.endswith("three "))
    assert ReplyChunk.objects.all().text_of(reply.pk).startswith(seen)
    gate.release()
    process.ended(reply)


def test_nul_and_lone_surrogates_become_replacement_characters(
    process: Running, upstream: Upstream, alice: User
) -> None:
    delta = b'data: {"choices": [{"delta": {"content": "a\\u0000b\\ud83dc"}, "finish_reason": "stop"}]}\n\n'
    upstream.play(Stream((delta,)))
    assert ask(process, alice).message.text == "a\ufffdb\ufffdc"


def test_no_key_is_stored_anywhere(
    process: Running, upstream: Upstream, alice: User, settings: object
) -> None:
    key = "sk-test-key-of-the-suite"
    upstream.play(Status(401, body=f'{{"error": {{"message": "wrong key {key}"}}}}'.encode()))
    reply = ask(process, alice)
    call = Call.objects.get()
    assert upstream.record().headers["authorization"] == f"Bearer {key}"
    assert key not in f"{reply.error} {call.error} {call.detail.text}"


def test_a_model_that_is_gone_names_the_setting_and_the_models_on_offer(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(Status(404))
    error = ask(process, alice).error
    assert "mistralai/mistral-tiny" in error
    assert "MODEL_ID" in error
    assert "mistralai/mistral-nemo" in error


def test_a_request_that_may_have_arrived_is_charged_by_an_estimate(
    process: Running, upstream: Upstream, alice: User
) -> None:
    upstream.play(*[Answer(ending=Reset(-1))] * 3)
    reply = process.ended(replies.start(alice, "Hello", send_id=uuid4()))
    assert reply.state == "failed"
    rows = Call.objects.values_list("usage_source", "prompt_tokens")
    assert len(rows) == len(upstream.records)
    assert all(source == "estimate" and tokens for source, tokens in rows)


@pytest.mark.parametrize("cost", ["1e308", "9" * 400, "-1", "NaN"])
def test_an_absurd_cost_loses_no_text(process: Running, upstream: Upstream, alice: User, cost: str) -> None:
    usage = b'data: {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2, "cost": %b}}\n\n'
    end = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n'
    upstream.play(Stream((text_event("All of it.") + end + usage % cost.encode() + b"data: [DONE]\n\n",)))
    reply = process.ended(replies.start(alice, "Hello", send_id=uuid4()))
    assert (reply.state, reply.message.text) == ("done", "All of it.")
    assert Call.objects.get().cost_nano_usd is None


def test_a_send_into_a_conversation_that_is_being_deleted_is_refused(process: Running, alice: User) -> None:
    first = process.ended(replies.start(alice, "Hello", send_id=uuid4()))
    first.message.conversation.delete_with_undo()
    with pytest.raises(Conversation.DoesNotExist):
        replies.start(alice, "More", send_id=uuid4(), conversation=first.message.conversation)
