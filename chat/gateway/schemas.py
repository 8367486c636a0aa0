"""The schemas of the OpenAPI document; ranges and names are those that requests are read by."""

from typing import Any

from django.conf import settings

from chat.gateway.messages import ID_CHARACTERS, MOST_MESSAGES, ROLES
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
        "Request": {**_object(_fields(), "model", "messages"), "additionalProperties": False},
        "Message": _object(
            {
                "role": {"enum": list(ROLES)},
                "content": {
                    "anyOf": [text, {"type": "array", "minItems": 1, "items": part}, {"type": "null"}]
                },
                "tool_calls": _or_null({"type": "array", "maxItems": MOST_TOOLS, "items": named("ToolCall")}),
                "tool_call_id": _or_null({"type": "string", "minLength": 1, "maxLength": ID_CHARACTERS}),
            },
            "role",
        ),
        "ToolCall": call,
        "Tool": _object({"type": {"const": "function"}, "function": _function()}, "type", "function"),
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


def _fields() -> dict[str, Any]:
    """Of a request, with what is only left out or refused not among them."""
    stop = {"type": "string", "minLength": 1, "maxLength": STOP_CHARACTERS}
    content = _object(
        {"type": {"const": "content"}, "content": {"type": "string", "minLength": 1}}, "type", "content"
    )
    function = {"type": {"const": "function"}, "function": _object({"name": _name()}, "name")}
    chosen = _object(function, "type", "function")
    schema = _object({"name": {"type": "string"}, "schema": {"type": "object"}}, "name")
    tokens = _or_null(_number(RANGES["max_tokens"]))
    messages = {"type": "array", "minItems": 1, "maxItems": MOST_MESSAGES, "items": named("Message")}
    return {
        "model": {"enum": list(settings.MODELS)},
        "messages": messages,
        "max_tokens": tokens,
        "max_completion_tokens": tokens,
        "stream": {"type": ["boolean", "null"]},
        "stream_options": _or_null(_object({"include_usage": {"type": ["boolean", "null"]}})),
        **{name: _or_null(_number(RANGES[name])) for name in NUMBERS},
        "stop": {"anyOf": [stop, {"type": "array", "maxItems": STOPS, "items": stop}, {"type": "null"}]},
        "prediction": _or_null(content),
        "tools": _or_null({"type": "array", "minItems": 1, "maxItems": MOST_TOOLS, "items": named("Tool")}),
        "tool_choice": {"anyOf": [{"enum": list(CHOICES)}, chosen, {"type": "null"}]},
        "parallel_tool_calls": {"type": ["boolean", "null"]},
        "response_format": _or_null(
            _object({"type": {"enum": list(FORMATS)}, "json_schema": schema}, "type")
        ),
        "user": {"type": ["string", "null"]},
        "metadata": {"type": ["object", "null"]},
        "n": {"enum": [1, None]},
    }


def _function() -> dict[str, Any]:
    found = {
        "name": _name(),
        "description": {"type": ["string", "null"]},
        "parameters": {"type": ["object", "null"]},
        "strict": {"type": ["boolean", "null"]},
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
