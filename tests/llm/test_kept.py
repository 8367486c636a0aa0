"""What is kept of a delta or a message for a client of Parley's own API."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.llm import ChatMessage, ChatRequest, ModelError, parse_chunk, parse_completion, render_request

KEPT = {"role", "content", "refusal", "tool_calls"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


def delta(said: Any) -> Any:
    chunk = parse_chunk(json.dumps({"choices": [{"index": 0, "delta": said}]}), keep=True)
    assert chunk is not None
    return chunk.said


def message(said: Any) -> Any:
    body = {"choices": [{"index": 0, "message": said, "finish_reason": "stop"}]}
    return parse_completion(json.dumps(body).encode(), keep=True).said


def test_nothing_is_kept_unless_it_is_asked_for() -> None:
    chunk = parse_chunk(json.dumps({"choices": [{"index": 0, "delta": {"content": "Hi"}}]}))
    assert chunk is not None
    assert chunk.said is None


def test_of_a_delta_what_came() -> None:
    assert delta({"content": "Hi"}) == {"content": "Hi"}
    assert delta({"role": "assistant", "content": None}) == {"role": "assistant", "content": None}
    assert delta({}) == {}
    assert delta({"refusal": "No."}) == {"refusal": "No."}


def test_of_a_message_all_that_it_must_have() -> None:
    assert message({"content": "Hi"}) == {"role": "assistant", "content": "Hi", "refusal": None}
    assert message({"tool_calls": [CALL]}) == {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "tool_calls": [CALL],
    }


def test_the_role_is_never_another() -> None:
    assert delta({"role": "system", "content": ""})["role"] == "assistant"


@pytest.mark.parametrize("calls", ["text", {"0": CALL}, [7, None, "f", [], {"function": "f"}]])
def test_what_is_no_call_of_a_tool_is_left_out(calls: Any) -> None:
    assert delta({"content": "Hi", "tool_calls": calls}) == {"content": "Hi"}


def test_the_pieces_of_a_tool_call_keep_their_place() -> None:
    first, later = ({"index": 1, **CALL}, {"index": 1, "function": {"arguments": "more"}})
    assert delta({"tool_calls": [first, later]}) == {"tool_calls": [first, later]}


@given(st.dictionaries(st.sampled_from([*KEPT, "evil"]), ANY))
def test_whatever_comes_only_the_known_is_kept(said: Any) -> None:
    for kept in (delta, message):
        try:
            found = kept(said)
        except ModelError:
            continue
        assert set(found) <= KEPT
        assert all(set(call) <= {"index", "id", "type", "function"} for call in found.get("tool_calls", ()))


def test_tool_calls_and_their_answers_are_written() -> None:
    asked = ChatMessage("assistant", "", tool_calls=[CALL])
    answered = ChatMessage("tool", "Rain", tool_call_id="c1")
    body = json.loads(render_request(ChatRequest("m", (asked, answered))))
    assert body["messages"] == [
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "Rain", "tool_call_id": "c1"},
    ]
