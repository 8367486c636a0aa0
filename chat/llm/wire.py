"""The chat completions protocol: `render_request` writes it, `parse_chunk` and `parse_completion` read it."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import orjson

from chat.llm.errors import BadAnswer, BadRequest, InStreamError
from chat.llm.kept import kept
from chat.llm.refusal import message_of
from chat.llm.text import clean, word
from chat.llm.types import ChatMessage, ChatRequest, Chunk, Parameters
from chat.llm.usage import parse_usage

DONE = "[DONE]"

_PARAMETER_NAMES = tuple(field.name for field in fields(Parameters))


def render_request(request: ChatRequest) -> bytes:
    """The body of the request; raises BadRequest when a parameter cannot be written as JSON."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [_render_message(message) for message in request.messages],
    }
    for name in _PARAMETER_NAMES:
        if (value := getattr(request.parameters, name)) is not None:
            body[name] = value
    if request.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    try:
        return orjson.dumps(body, default=_render_other)
    except TypeError as error:
        raise BadRequest(f"the request cannot be written as JSON: {error}") from None


def parse_chunk(data: str, *, keep: bool = False) -> Chunk | None:
    """What one event of a stream adds; None for the end mark `[DONE]`. `keep` fills `Chunk.said`.

    An event with nothing for us (no choices, only a role, only other choices than the first) is an
    empty Chunk. Raises InStreamError for an error object, BadAnswer for anything that is not a chunk.
    """
    data = data.strip()
    if data == DONE:
        return None
    return _parse(data, "delta", keep) if data else Chunk()


def parse_completion(body: bytes, *, keep: bool = False) -> Chunk:
    """A whole answer that was not streamed; raises InStreamError or BadAnswer."""
    chunk = _parse(body.decode("utf-8", "replace").removeprefix("\ufeff"), "message", keep)
    if not chunk.text and chunk.finish_reason is None:
        raise BadAnswer("a JSON body that holds no completion")
    return chunk


def _render_message(message: ChatMessage) -> dict[str, Any]:
    content = message.content
    content = clean(content) if isinstance(content, str) else content
    rendered: dict[str, Any] = {"role": message.role, "content": content}
    if message.tool_calls:
        rendered |= {"content": content or None, "tool_calls": message.tool_calls}
    if message.tool_call_id is not None:
        rendered["tool_call_id"] = message.tool_call_id
    return rendered


def _render_other(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def _parse(data: str, part: str, keep: bool) -> Chunk:
    body = _load(data)
    if error := body.get("error"):
        raise _in_stream_error(body, error)
    choice = _first_choice(body.get("choices"))
    reason = word(choice.get("finish_reason"))
    if reason == "error":
        raise InStreamError("the finish reason is 'error'")
    said = choice.get(part)
    if said is not None and not isinstance(said, dict):
        raise BadAnswer(f"'{part}' is not an object")
    text = _text(said.get("content")) if said else ""
    return Chunk(
        text=text,
        finish_reason=reason,
        usage=parse_usage(body),
        model=word(body.get("model")),
        upstream_id=word(body.get("id")),
        said=kept(said, text, streamed=part == "delta") if keep and said is not None else None,
    )


def _load(data: str) -> dict[str, Any]:
    try:
        body = orjson.loads(data)
    except ValueError:
        body = _load_leniently(data)
    if not isinstance(body, dict):
        raise BadAnswer(f"not a JSON object: {data[:200]}")
    return body


def _load_leniently(data: str) -> object:
    """The standard library's reading, which takes the lone surrogates that orjson refuses."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise BadAnswer(f"bad JSON: {data[:200]}") from None


def _in_stream_error(body: dict[str, Any], error: object) -> InStreamError:
    status = error.get("code") if isinstance(error, dict) else None
    known = type(status) is int and 400 <= status <= 599
    return InStreamError(message_of(body), http_status=status if known else None)


def _first_choice(choices: object) -> dict[str, Any]:
    if choices is None:
        return {}
    if not isinstance(choices, list):
        raise BadAnswer("'choices' is not a list")
    for choice in choices:
        if not isinstance(choice, dict):
            raise BadAnswer("a choice is not an object")
        if not choice.get("index"):
            return choice
    return {}


def _text(content: object) -> str:
    if isinstance(content, str):
        return clean(content)
    if content is None:
        return ""
    if isinstance(content, list):
        return "".join(_part_text(part) for part in content)
    raise BadAnswer("the content is not text")


def _part_text(part: object) -> str:
    text = part.get("text") if isinstance(part, dict) else part
    return clean(text) if isinstance(text, str) else ""
