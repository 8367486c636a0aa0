"""What is refused before anything is asked or written: each with a message that names the field."""

import json
from typing import Any

import pytest

from chat.llm import RANGES
from chat.models import Call
from tests.gateway.asking import HELLO, Script
from tests.upstream import Upstream

DEEP = "[" * 5000 + "]" * 5000
NO_OBJECT = (1, "text", True, [], [{}])
NO_LIST = (1, "text", True, {})
NO_TEXT = (1, True, [], {})


def user(content: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}]}


def message(**fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Hello", **fields}]}


def function(**fields: Any) -> dict[str, Any]:
    return {"tools": [{"type": "function", "function": {"name": "f", **fields}}]}


def call(**fields: Any) -> dict[str, Any]:
    whole = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}, **fields}
    return {"messages": [{"role": "assistant", "content": None, "tool_calls": [whole]}]}


def outside(name: str) -> list[Any]:
    allowed = RANGES[name]
    return [allowed.least - 1, allowed.most * 2 + 1, "1", True, [], {}, *([1.5] if allowed.whole else [])]


FIELDS: list[tuple[dict[str, Any], str]] = [
    *(({"model": value}, "model") for value in (None, "", "no-such", "mistralai/mistral-tiny ", *NO_TEXT)),
    *(({"messages": value}, "messages") for value in (None, [], *NO_LIST, [{}] * 2049)),
    *(({"messages": [value]}, "messages[0]") for value in (1, "text", None, [])),
    *(
        (message(role=value), "messages[0].role")
        for value in (None, "", "User", "robot", "function", *NO_TEXT)
    ),
    *((user(value), "messages[0].content") for value in (None, 1, True, [], {})),
    *((user([value]), "messages[0].content[0]") for value in (1, "text", None, [])),
    *(
        (user([{"type": kind}]), "messages[0].content[0].type")
        for kind in ("image_url", "input_audio", "", 1)
    ),
    *((user([{"type": "text", "text": value}]), "messages[0].content[0].text") for value in (None, *NO_TEXT)),
    (message(evil=1), "messages[0].evil"),
    (message(tool_calls=[]), "messages[0].tool_calls"),
    (message(tool_call_id="c"), "messages[0].tool_call_id"),
    *(
        (message(role="tool", tool_call_id=value), "messages[0].tool_call_id")
        for value in (None, "", 1, "c" * 201)
    ),
    *((message(role="assistant", tool_calls=value), "messages[0].tool_calls") for value in NO_LIST),
    *(
        (message(role="assistant", tool_calls=[value]), "messages[0].tool_calls[0]")
        for value in (1, None, [])
    ),
    (call(type="web"), "messages[0].tool_calls[0]"),
    (call(id=None), "messages[0].tool_calls[0].id"),
    (call(function=None), "messages[0].tool_calls[0].function.name"),
    (call(function={"name": "f"}), "messages[0].tool_calls[0].function.arguments"),
    *((({name: value}), name) for name in RANGES for value in outside(name)),
    *((({"max_completion_tokens": value}), "max_completion_tokens") for value in outside("max_tokens")),
    *(({"stream": value}, "stream") for value in (1, "true", [], {})),
    *(({"stream": True, "stream_options": value}, "stream_options") for value in (1, "text", True, [])),
    ({"stream_options": {"include_usage": True}}, "stream_options"),
    ({"stream": True, "stream_options": {"include_usage": 1}}, "stream_options.include_usage"),
    ({"stream": True, "stream_options": {"evil": True}}, "stream_options.evil"),
    *(({"stop": value}, "stop") for value in ("", 1, True, {}, [""], [1], ["a"] * 5, "a" * 201)),
    *(({"prediction": value}, "prediction") for value in (*NO_OBJECT, {}, {"type": "content", "content": 1})),
    *(({"tools": value}, "tools") for value in (*NO_LIST, [], [{}] * 129)),
    *(({"tools": [value]}, "tools[0]") for value in (1, None, {}, {"type": "web_search"})),
    *((function(name=value), "tools[0].function.name") for value in (None, "", "a b", "ü", "a" * 65, 1)),
    (function(description=1), "tools[0].function.description"),
    (function(parameters=[]), "tools[0].function.parameters"),
    (function(strict="yes"), "tools[0].function.strict"),
    (function(evil=1), "tools[0].function.evil"),
    *(({**function(), "tool_choice": value}, "tool_choice") for value in (1, "any", [], {}, True)),
    ({**function(), "tool_choice": {"type": "function"}}, "tool_choice.function.name"),
    ({"tool_choice": "auto"}, "tool_choice"),
    *(({"parallel_tool_calls": value}, "parallel_tool_calls") for value in (1, "true", [], {})),
    *(({"response_format": value}, "response_format") for value in (*NO_OBJECT, {}, {"type": "xml"})),
    *(
        (
            {"response_format": {"type": "json_schema", "json_schema": value}},
            "response_format.json_schema.name",
        )
        for value in (None, 1, [], {}, {"name": "a b"})
    ),
    *(
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "n", name: value}}},
            f"response_format.json_schema.{name}",
        )
        for name, value in (("schema", []), ("strict", 1), ("description", 1), ("evil", 1))
    ),
    *(({"n": value}, "n") for value in (0, 2, "1", True, 1.5)),
    ({"logprobs": True}, "logprobs"),
    ({"top_logprobs": 3}, "top_logprobs"),
    ({"logit_bias": {"1": 1}}, "logit_bias"),
    ({"modalities": ["text", "audio"]}, "modalities"),
    ({"functions": [{"name": "f"}]}, "functions"),
    ({"function_call": "auto"}, "function_call"),
    ({"reasoning_effort": "high"}, "reasoning_effort"),
    ({"temprature": 1}, "temprature"),
]

BODIES = {
    "blanks": b"  \n",
    "no JSON": b"Hello",
    "half of it": b'{"model": "mistralai/mistral-tiny"',
    "a form": b"model=mistralai%2Fmistral-tiny",
    "null": b"null",
    "a list": b"[]",
    "text": b'"text"',
    "a number": b"7",
    "not a number": b'{"temperature": NaN}',
    "no UTF-8": b'{"model": "\xff"}',
    "UTF-16": json.dumps(HELLO).encode("utf-16"),
    "half a character": b'{"model": "\\ud800"}',
    "nested": DEEP.encode(),
    "nested inside": json.dumps(HELLO)[:-1].encode() + b', "metadata": ' + DEEP.encode() + b"}",
}


def test_there_are_two_hundred_of_them() -> None:
    assert len(FIELDS) + len(BODIES) >= 200


def test_a_field_that_is_not_what_it_may_be_is_named(script: Script, upstream: Upstream) -> None:
    for changes, param in FIELDS:
        answer = script.ask(**changes)
        known = answer.status == 400 or (answer.status, answer.error["code"]) == (404, "model_not_found")
        assert known, (changes, answer.text)
        assert answer.error["param"] == param, (changes, answer.text)
        assert param.split(".")[0].split("[")[0] in answer.error["message"], (changes, answer.text)
        assert answer.error["type"] == "invalid_request_error"
    assert upstream.records == []
    assert Call.objects.count() == 0


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_request_is_refused(script: Script, upstream: Upstream, body: bytes) -> None:
    answer = script.post(body)
    assert answer.status == 400, answer.text
    assert answer.error["message"]
    assert upstream.records == []
    assert Call.objects.count() == 0


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_of_another_kind_is_refused(script: Script, upstream: Upstream, kind: str) -> None:
    answer = script.post(json.dumps(HELLO), content_type=kind)
    assert answer.status == 415
    assert "application/json" in answer.error["message"]
    assert upstream.records == []


def test_null_is_as_good_as_nothing(script: Script, upstream: Upstream) -> None:
    names = [
        "max_tokens",
        "stream",
        "stream_options",
        "stop",
        "tools",
        "tool_choice",
        "response_format",
        "n",
        "logprobs",
        "user",
    ]
    assert script.ask(**dict.fromkeys([*names, *RANGES])).status == 200
    assert set(upstream.record().body) == {"model", "messages", "max_tokens", "stream", "stream_options"}


def test_everything_that_is_listed_goes_through(script: Script, upstream: Upstream) -> None:
    listed = {
        **{name: allowed.least for name, allowed in RANGES.items()},
        "stop": ["a", "b"],
        "prediction": {"type": "content", "content": "Hi"},
        **function(description="d", parameters={"type": "object"}, strict=True),
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "parallel_tool_calls": False,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "n", "schema": {"type": "object"}},
        },
    }
    assert script.ask(**listed).status == 200
    body = upstream.record().body
    assert {name: body[name] for name in listed} == listed


def test_what_clients_send_by_habit_is_left_out(script: Script, upstream: Upstream) -> None:
    habits = {
        "n": 1,
        "user": "u",
        "metadata": {"a": "b"},
        "store": False,
        "logprobs": False,
        "logit_bias": {},
        "top_logprobs": None,
    }
    given_back = {
        "role": "assistant",
        "content": "Hi",
        "refusal": None,
        "annotations": [],
        "audio": None,
        "function_call": None,
        "tool_calls": None,
    }
    cached = {"type": "text", "text": "Hello", "cache_control": {"type": "ephemeral"}}
    messages = [
        {"role": "developer", "content": "Be brief.", "name": "dev"},
        {"role": "user", "content": [cached], "name": "al"},
        given_back,
        {"role": "user", "content": "Bye"},
    ]
    assert script.ask(messages=messages, **habits).status == 200
    body = upstream.record().body
    assert set(body) == {"model", "messages", "max_tokens", "stream", "stream_options"}
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
        {"role": "assistant", "content": "Hi"},
        {"role": "user", "content": "Bye"},
    ]


def test_the_smaller_of_both_names_of_the_limit_counts(script: Script, upstream: Upstream) -> None:
    script.ask(max_tokens=50, max_completion_tokens=20)
    script.ask(max_completion_tokens=30)
    assert [record.body["max_tokens"] for record in upstream.records] == [20, 30]
    assert all("max_completion_tokens" not in record.body for record in upstream.records)
