"""The messages of a request: roles, text and tool calls; what clients send back of answers is left out."""

from collections.abc import Mapping
from typing import Any, cast

from chat.gateway.errors import Malformed
from chat.gateway.tools import tool_calls_in
from chat.llm import JSON, ChatMessage, Role

MOST_MESSAGES = 2048
ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant", "tool": "tool"}
KNOWN = {"role", "content", "tool_calls", "tool_call_id"}
LEFT_OUT = {"name", "refusal", "annotations", "reasoning", "reasoning_content"}  # the provider refuses them
ID_CHARACTERS = 200


def messages_in(value: object) -> tuple[ChatMessage, ...]:
    """Raises Malformed."""
    if value is None:
        raise Malformed("'messages' is missing: it is a list of at least one message.", "messages")
    if not isinstance(value, list):
        raise Malformed("'messages' is to be a list of messages.", "messages")
    if not 0 < len(value) <= MOST_MESSAGES:
        raise Malformed(f"'messages' is to have 1 to {MOST_MESSAGES:,} messages.", "messages")
    return tuple(_message(message, f"messages[{place}]") for place, message in enumerate(value))


def _message(message: object, path: str) -> ChatMessage:
    if not isinstance(message, dict):
        raise Malformed(f"'{path}' is to be an object with 'role' and 'content'.", path)
    role = message.get("role")
    if not isinstance(role, str) or role not in ROLES:
        raise Malformed(f"'{path}.role' is to be one of {', '.join(ROLES)}.", f"{path}.role")
    for name, value in message.items():
        if name not in KNOWN | LEFT_OUT and value is not None:
            raise Malformed(f"'{path}.{name}' is not known here.", f"{path}.{name}")
    calls = None
    if message.get("tool_calls") is not None:
        if role != "assistant":
            raise Malformed(f"'{path}.tool_calls' is for the assistant's messages.", f"{path}.tool_calls")
        calls = tool_calls_in(message["tool_calls"], f"{path}.tool_calls")
    content = _content(message, path, optional=bool(calls))
    return ChatMessage(cast(Role, ROLES[role]), content, calls, _tool_call_id(message, role, path))


def _content(message: Mapping[str, Any], path: str, *, optional: bool) -> str | list[JSON]:
    content = message.get("content")
    path = f"{path}.content"
    if isinstance(content, str):
        return content
    if content is None:
        if optional:
            return ""
        raise Malformed(f"'{path}' is missing: it is text, or a list of text parts.", path)
    if not isinstance(content, list) or not content:
        raise Malformed(f"'{path}' is to be text, or a list of text parts.", path)
    return [_part(part, f"{path}[{place}]") for place, part in enumerate(content)]


def _part(part: object, path: str) -> JSON:
    if not isinstance(part, dict):
        raise Malformed(f"'{path}' is to be an object with 'type' and 'text'.", path)
    if part.get("type") != "text":
        raise Malformed(f"'{path}.type' is to be text: the models here read nothing else.", f"{path}.type")
    if not isinstance(part.get("text"), str):
        raise Malformed(f"'{path}.text' is to be text.", f"{path}.text")
    return {"type": "text", "text": part["text"]}


def _tool_call_id(message: Mapping[str, Any], role: str, path: str) -> str | None:
    value = message.get("tool_call_id")
    path = f"{path}.tool_call_id"
    if role != "tool":
        if value is not None:
            raise Malformed(f"'{path}' is for the messages of tools.", path)
        return None
    if not isinstance(value, str) or not 0 < len(value) <= ID_CHARACTERS:
        raise Malformed(f"'{path}' is to be the id of the tool call that this answers.", path)
    return value
