"""The schemas of the OpenAPI document; ranges and names are those that requests are read by."""

from typing import Any

from django.conf import settings

from chat.gateway.messages import ID_CHARACTERS, LEFT_OUT, MOST_MESSAGES, ROLES
from chat.gateway.parameters import LEFT_OUT as IGNORED
from chat.gateway.parameters import NUMBERS
from chat.gateway.tools import CHOICES, MOST_TOOLS, NAME
from chat.llm import FORMATS, RANGES, STOP_CHARACTERS, STOPS, Range


def schemas() -> dict[str, Any]:
    text, whole = {"type": "string"}, {"type": "integer"}
    part = _object({"type": {"const": "text"}, "text": text}, "type", "text")
    function = _object({"name": _name(), "arguments": text}, "name", "arguments")
    call = _object(
        {"id": text, "type": {"const": "function"}, "function": function}, "id", "type", "function"
    )
    return {
        "Request": {
            **_object(_fields(), "model", "messages"),
            "additionalProperties": False,
            "allOf": [
                _only_with("stream_options", {"type": "object"}, "stream", {"const": True}),
                _only_with("tool_choice", {"not": {"enum": ["none", None]}}, "tools", {"type": "array"}),
            ],
        },
        "Message": {"anyOf": _messages()},
        "Text": {"anyOf": [text, {"type": "array", "minItems": 1, "items": part}]},
        "ToolCall": call,
        "Tool": _object(
            {
                "type": {"const": "function"},
                "function": _named_object(parameters={"type": ["object", "null"]}),
            },
            "type",
            "function",
        ),
        "Completion": _object(
            {
                "id": text,
                "object": {"const": "chat.completion"},
                "created": whole,
                "model": text,
                "choices": {"type": "array", "minItems": 1, "maxItems": 1, "items": _choice()},
                "usage": named("Usage"),
            },
            "id",
            "object",
            "created",
            "model",
            "choices",
        ),
        "Usage": _object(
            dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), whole),
            "prompt_tokens",
            "completion_tokens",
            "total_tokens",
        ),
        "Model": _object(
            {"id": text, "object": {"const": "model"}, "created": whole, "owned_by": text},
            "id",
            "object",
            "created",
            "owned_by",
        ),
        "Models": _object(
            {"object": {"const": "list"}, "data": {"type": "array", "items": named("Model")}},
            "object",
            "data",
        ),
        "Error": _object({"error": _error()}, "error"),
    }


def _messages() -> list[dict[str, Any]]:
    """By what their role needs."""
    text, nothing = named("Text"), {"type": "null"}
    calls = {"type": "array", "maxItems": MOST_TOOLS, "items": named("ToolCall")}
    answers = {"type": "string", "minLength": 1, "maxLength": ID_CHARACTERS}
    others = [role for role in ROLES if role not in ("assistant", "tool")]
    assistant = {"role": {"const": "assistant"}, "tool_call_id": nothing}
    return [
        _message({"role": {"enum": others}, "content": text, "tool_calls": nothing, "tool_call_id": nothing}),
        _message({**assistant, "content": text, "tool_calls": _or_null(calls)}),
        _message(
            {**assistant, "content": _or_null(text), "tool_calls": {**calls, "minItems": 1}}, "tool_calls"
        ),
        _message(
            {"role": {"const": "tool"}, "content": text, "tool_calls": nothing, "tool_call_id": answers},
            "content",
            "tool_call_id",
        ),
    ]


def _message(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    needed = required or ("content",)
    known = {**{name: {} for name in sorted(LEFT_OUT)}, **properties}
    return {**_object(known, "role", *needed), "additionalProperties": {"type": "null"}}


def _only_with(name: str, value: dict[str, Any], needed: str, like: dict[str, Any]) -> dict[str, Any]:
    """Where `name` is such a value, `needed` is to be there, and as it must."""
    return {"if": _object({name: value}, name), "then": _object({needed: like}, needed)}


def _fields() -> dict[str, Any]:
    """Of a request, with what is only left out or refused not among them."""
    stop = {"type": "string", "minLength": 1, "maxLength": STOP_CHARACTERS}
    content = _object(
        {"type": {"const": "content"}, "content": {"type": "string", "minLength": 1}}, "type", "content"
    )
    function = {"type": {"const": "function"}, "function": _object({"name": _name()}, "name")}
    chosen = _object(function, "type", "function")
    schema = _named_object(schema={"type": ["object", "null"]})
    options = {name: {"type": ["boolean", "null"]} for name in ("include_usage", "include_obfuscation")}
    plain = _object({"type": {"enum": [kind for kind in FORMATS if kind != "json_schema"]}}, "type")
    by_schema = _object({"type": {"const": "json_schema"}, "json_schema": schema}, "type", "json_schema")
    tokens = _or_null(_number(RANGES["max_tokens"]))
    messages = {"type": "array", "minItems": 1, "maxItems": MOST_MESSAGES, "items": named("Message")}
    return {
        "model": {"enum": list(settings.MODELS)},
        "messages": messages,
        "max_tokens": tokens,
        "max_completion_tokens": tokens,
        "stream": {"type": ["boolean", "null"]},
        "stream_options": _or_null({**_object(options), "additionalProperties": False}),
        **{name: _or_null(_number(RANGES[name])) for name in NUMBERS},
        "stop": {"anyOf": [stop, {"type": "array", "maxItems": STOPS, "items": stop}, {"type": "null"}]},
        "prediction": _or_null(content),
        "tools": _or_null({"type": "array", "minItems": 1, "maxItems": MOST_TOOLS, "items": named("Tool")}),
        "tool_choice": {"anyOf": [{"enum": list(CHOICES)}, chosen, {"type": "null"}]},
        "parallel_tool_calls": {"type": ["boolean", "null"]},
        "response_format": {"anyOf": [plain, by_schema, {"type": "null"}]},
        **{name: {} for name in sorted(IGNORED)},
        "n": {"enum": [1, None]},
    }


def _named_object(**more: dict[str, Any]) -> dict[str, Any]:
    found = {
        "name": _name(),
        "description": {"type": ["string", "null"]},
        "strict": {"type": ["boolean", "null"]},
        **more,
    }
    return {**_object(found, "name"), "additionalProperties": False}


def _choice() -> dict[str, Any]:
    message = {
        "role": {"const": "assistant"},
        "content": {"type": ["string", "null"]},
        "refusal": {"type": ["string", "null"]},
        "tool_calls": {"type": "array", "items": named("ToolCall")},
    }
    return _object(
        {
            "index": {"const": 0},
            "message": _object(message, "role", "content", "refusal"),
            "logprobs": {"type": "null"},
            "finish_reason": {"type": "string"},
        },
        "index",
        "message",
        "logprobs",
        "finish_reason",
    )


def _error() -> dict[str, Any]:
    maybe = {"type": ["string", "null"]}
    found = {"message": {"type": "string"}, "type": {"type": "string"}, "param": maybe, "code": maybe}
    return _object(found, *found)


def _number(allowed: Range) -> dict[str, Any]:
    kind = "integer" if allowed.whole else "number"
    return {"type": kind, "minimum": allowed.least, "maximum": allowed.most}


def _name() -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{NAME.pattern}$"}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties} | ({"required": list(required)} if required else {})


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def named(schema: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{schema}"}
