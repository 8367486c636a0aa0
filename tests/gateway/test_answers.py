"""An answer of the API: whole or as a stream, in OpenAI's shape, with the ledger's own figures."""

from typing import Any

import pytest

from chat.local_model import MODEL_NAME
from chat.models import User
from tests.gateway.asking import HELLO, Script
from tests.upstream import UPSTREAM_ID, Answer, Completion, Status, Stream, Upstream, event


def test_a_whole_answer_has_the_documented_shape(script: Script, upstream: Upstream) -> None:
    upstream.play(Answer("Hello! How can I assist you?", usage=(2, 42)))

    answer = script.ask()

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json
    assert isinstance(body.pop("created"), int)
    assert body == {
        "id": UPSTREAM_ID,
        "object": "chat.completion",
        "model": "mistralai/mistral-tiny",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "logprobs": None,
                "message": {
                    "role": "assistant",
                    "content": "Hello! How can I assist you?",
                    "refusal": None,
                },
            }
        ],
        "usage": {"prompt_tokens": 2, "completion_tokens": 42, "total_tokens": 44},
    }


def test_a_stream_is_chunks_and_an_end_mark(script: Script, upstream: Upstream) -> None:
    upstream.play(Answer("One two three", usage=(2, 3)))

    answer = script.ask(stream=True)

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.text.endswith("data: [DONE]\n\n")
    assert answer.content == "One two three"
    first, *_, last = answer.events
    assert first["object"] == "chat.completion.chunk"
    assert first["choices"][0]["delta"] == {"role": "assistant", "content": "One "}
    assert last["choices"] == [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}]
    assert {event["id"] for event in answer.events} == {UPSTREAM_ID}


def test_a_stream_ends_with_its_usage_for_those_who_asked_for_it(script: Script, upstream: Upstream) -> None:
    upstream.play(Answer("One two", usage=(2, 3)), Answer("One two", usage=(2, 3)))

    asked = script.ask(stream=True, stream_options={"include_usage": True})
    not_asked = script.ask(stream=True)

    *chunks, last = asked.events
    assert last["choices"] == []
    assert last["usage"] == {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 5}
    assert {chunk["usage"] for chunk in chunks} == {None}
    assert not any("usage" in chunk for chunk in not_asked.events)


@pytest.mark.parametrize("stream", [False, True])
def test_each_request_is_a_row_of_the_ledger(script: Script, upstream: Upstream, stream: bool) -> None:
    upstream.play(Answer("One two", usage=(7, 2)))

    answer = script.ask(stream=stream)

    (call,) = script.calls
    assert (call.source, call.status, call.user) == ("api", "done", script.key.user)
    assert (call.prompt_tokens, call.completion_tokens, call.usage_source) == (7, 2, "provider")
    assert call.upstream_id == UPSTREAM_ID
    assert call.ttft_ms is not None
    assert str(call.request_id) == answer.headers["x-request-id"]
    assert upstream.record().headers["x-client-request-id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("stream", [False, True])
def test_the_usage_that_no_provider_told_is_the_ledgers_estimate(
    script: Script, upstream: Upstream, stream: bool
) -> None:
    upstream.play(Answer("w " * 20, usage=None))

    options = {"stream": True, "stream_options": {"include_usage": True}} if stream else {}
    answer = script.ask(**options)

    (call,) = script.calls
    usage = (answer.events[-1] if stream else answer.json)["usage"]
    assert call.usage_source == "estimate"
    assert usage["completion_tokens"] == call.completion_tokens == 10
    assert usage["total_tokens"] == call.prompt_tokens + call.completion_tokens


def test_the_provider_is_always_asked_for_a_stream(script: Script, upstream: Upstream) -> None:
    script.ask()
    body = upstream.record().body
    assert body["stream"] is True
    assert body["stream_options"] == {"include_usage": True}
    assert body["max_tokens"] == 2048


def test_a_completion_in_place_of_a_stream_is_passed_on(script: Script, upstream: Upstream) -> None:
    upstream.play(Completion("Whole", usage=(2, 1)), Completion("Whole", usage=(2, 1)))
    assert script.ask().json["choices"][0]["message"]["content"] == "Whole"
    assert script.ask(stream=True).content == "Whole"


TOOL_DELTAS = [
    {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}},
    {"index": 0, "function": {"arguments": '{"city":'}},
    {"index": 0, "function": {"arguments": '"Oslo"}'}},
    {"index": 1, "id": "call_2", "type": "function", "function": {"name": "time", "arguments": "{}"}},
]


def tool_stream() -> Stream:
    deltas = [{"role": "assistant", "content": None}, *({"tool_calls": [delta]} for delta in TOOL_DELTAS)]
    pieces = [event({"delta": delta, "finish_reason": None}) for delta in deltas]
    end = event({"delta": {}, "finish_reason": "tool_calls"})
    return Stream((*pieces, end, b"data: [DONE]\n\n"))


def test_calls_of_tools_come_back(script: Script, upstream: Upstream) -> None:
    upstream.play(tool_stream(), tool_stream())
    tools = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]

    whole = script.ask(tools=tools).json["choices"][0]
    streamed = script.ask(tools=tools, stream=True)

    assert upstream.record().body["tools"] == tools
    assert whole["finish_reason"] == "tool_calls"
    assert whole["message"]["content"] is None
    assert whole["message"]["tool_calls"] == [
        {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Oslo"}'}},
        {"id": "call_2", "type": "function", "function": {"name": "time", "arguments": "{}"}},
    ]
    deltas = [choice["delta"] for event in streamed.events for choice in event["choices"]]
    assert [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta] == TOOL_DELTAS
    assert {call.completion_characters for call in script.calls} == {len('weather{"city":"Oslo"}time{}')}


def test_nothing_else_that_the_provider_says_reaches_a_client(script: Script, upstream: Upstream) -> None:
    choice = {
        "delta": {"role": "system", "content": "Hi", "cookie": "c", "tool_calls": [{"evil": 1}, "x"]},
        "finish_reason": "stop",
        "evil": "e",
    }
    end = b'data: {"choices": [], "secret": "s", "usage": {"prompt_tokens": 2, "completion_tokens": 1}}\n\n'
    headers = {"Set-Cookie": "a=b", "x-evil": "yes"}
    upstream.play(Stream((event(choice), end, b"data: [DONE]\n\n"), headers=headers))

    answer = script.ask(stream=True)

    assert "Set-Cookie" not in answer.headers
    assert "x-evil" not in answer.headers
    assert not any(word in answer.text for word in ("cookie", "evil", "secret", "system"))
    (chunk,) = answer.events
    assert set(chunk) == {"id", "object", "created", "model", "choices"}


def test_the_embedded_model_answers_as_what_it_is(script: Script, upstream: Upstream, settings: Any) -> None:
    settings.EMBEDDED_MODEL = True
    upstream.play(Answer("Hello", model="some-file.gguf"))
    assert script.ask().json["model"] == MODEL_NAME
    assert script.calls[0].model_requested == "mistralai/mistral-tiny"


def test_a_request_is_tried_again_before_its_first_text_each_time_as_a_row(
    script: Script, upstream: Upstream
) -> None:
    upstream.play(Status(503, headers={"Retry-After": "0"}), Answer("Now"))

    answer = script.ask()

    assert answer.json["choices"][0]["message"]["content"] == "Now"
    assert [(call.status, call.http_status) for call in script.calls] == [("failed", 503), ("done", 200)]
    assert answer.headers["x-request-id"] == str(script.calls[1].request_id)


def test_what_breaks_off_after_text_ends_with_an_error_event(script: Script, upstream: Upstream) -> None:
    broken = b'data: {"error": {"code": 502, "message": "scripted"}}\n\n'
    upstream.play(Stream((event({"delta": {"content": "One "}, "finish_reason": None}), broken)))

    answer = script.ask(stream=True)

    assert answer.status == 200
    *chunks, last = answer.events
    assert chunks[0]["choices"][0]["delta"]["content"] == "One "
    assert last["error"]["code"] == "in_stream_error"
    assert "[DONE]" not in answer.text
    (call,) = script.calls
    assert (call.status, call.usage_source, call.completion_characters) == ("interrupted", "estimate", 4)
    assert len(upstream.records) == 1


def test_a_broken_whole_answer_is_an_error(script: Script, upstream: Upstream) -> None:
    upstream.play(Stream((event({"delta": {"content": "One "}, "finish_reason": None}),)))
    answer = script.ask()
    assert answer.status == 502
    assert answer.error["code"] == "broken_stream"
    assert answer.headers["x-should-retry"] == "false"


def test_a_key_of_one_person_says_who_asks(script: Script, charlie: User, upstream: Upstream) -> None:
    other = Script(script.running, charlie)
    script.ask()
    other.ask()
    assert [call.user for call in other.calls] == [charlie]
    assert HELLO["model"] == other.calls[0].model_requested
