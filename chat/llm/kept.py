"""What OpenAI's shape has of a delta or a message, and nothing else: what may be passed on to others."""

from collections.abc import Mapping
from typing import Any

from chat.llm.text import clean, word
from chat.llm.types import JSON

MOST_TOOL_CALLS = 128


def kept(said: Mapping[str, Any], text: str, *, streamed: bool) -> dict[str, JSON]:
    """Role, content, refusal and tool calls of `said`, each only as what it must be.

    A message has all that it must have; a delta has what came. `text` is its content, read already.
    """
    result: dict[str, JSON] = {}
    if not streamed or said.get("role"):
        result["role"] = "assistant"
    if not streamed or "content" in said:
        result["content"] = text if isinstance(said.get("content"), str | list) else None
    refusal = said.get("refusal")
    if isinstance(refusal, str):
        result["refusal"] = clean(refusal)
    elif not streamed:
        result["refusal"] = None
    if calls := _tool_calls(said.get("tool_calls"), streamed=streamed):
        result["tool_calls"] = calls
    return result


def says_something(said: Mapping[str, Any]) -> bool:
    return bool(said.get("content") or said.get("refusal") or said.get("tool_calls"))


def size_beside_text(said: Mapping[str, Any]) -> int:
    """Characters of a refusal and of tool calls, which the model was asked to write as well."""
    calls = said.get("tool_calls") or ()
    functions = [call["function"] for call in calls]
    return len(said.get("refusal") or "") + sum(
        len(part) for function in functions for part in function.values() if part
    )


def _tool_calls(calls: object, *, streamed: bool) -> list[JSON]:
    if not isinstance(calls, list):
        return []
    objects = [call for call in calls[:MOST_TOOL_CALLS] if _is_call(call)]
    return [_tool_call(call, place if streamed else None) for place, call in enumerate(objects)]


def _is_call(call: object) -> bool:
    return isinstance(call, dict) and isinstance(call.get("function"), dict)


def _tool_call(call: Mapping[str, Any], place: int | None) -> dict[str, JSON]:
    """Of a delta the later pieces have only an index and more of the arguments."""
    result: dict[str, JSON] = {}
    if place is not None:
        index = call.get("index")
        result["index"] = index if type(index) is int and 0 <= index < MOST_TOOL_CALLS else place
    if place is None or call.get("id"):
        result |= {"id": word(call.get("id")) or "", "type": "function"}
    said, function = call["function"], dict[str, JSON]()
    if name := word(said.get("name")):
        function["name"] = name
    if isinstance(said.get("arguments"), str):
        function["arguments"] = clean(said["arguments"])
    if place is None:
        function = {"name": "", "arguments": "", **function}
    return result | {"function": function}
