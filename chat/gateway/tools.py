"""Tools and calls of them: checked in their outer form and passed on as they are."""

import re
from typing import Any, cast

import orjson

from chat.gateway.errors import Malformed
from chat.llm import JSON

MOST_TOOLS = 128
CHOICES = ("none", "auto", "required")
NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
WORDS = {str: "text", dict: "an object", bool: "true or false"}


def tools_in(value: object) -> list[JSON]:
    """Raises Malformed."""
    if not isinstance(value, list) or not 0 < len(value) <= MOST_TOOLS:
        raise Malformed(f"'tools' is to be a list of 1 to {MOST_TOOLS} tools.", "tools")
    return [_tool(tool, f"tools[{place}]") for place, tool in enumerate(value)]


def tool_choice_in(value: object) -> Any:
    """Raises Malformed."""
    if isinstance(value, str) and value in CHOICES:
        return value
    if not isinstance(value, dict) or value.get("type") != "function":
        raise Malformed(
            f"'tool_choice' is to be one of {', '.join(CHOICES)}, or an object that names a function.",
            "tool_choice",
        )
    return {"type": "function", "function": {"name": _name(value.get("function"), "tool_choice.function")}}


def tool_calls_in(value: object, path: str) -> list[JSON]:
    """Those of a message that a client gives back. Raises Malformed."""
    if not isinstance(value, list) or len(value) > MOST_TOOLS:
        raise Malformed(f"'{path}' is to be a list of at most {MOST_TOOLS} tool calls.", path)
    return [_tool_call(call, f"{path}[{place}]") for place, call in enumerate(value)]


def plain_json(value: Any, path: str) -> Any:
    """`value` if it can be written again. Raises Malformed where it is nested beyond any reason."""
    try:
        orjson.dumps(value)
    except TypeError:
        raise Malformed(f"'{path}' is nested too deeply.", path) from None
    return value


def named_object_in(value: Any, path: str, **kinds: type) -> dict[str, Any]:
    """An object with a name, and perhaps with fields of these kinds. Raises Malformed."""
    found: dict[str, Any] = {"name": _name(value, path)}
    for key, part in value.items():
        if key == "name" or (key in kinds and part is None):
            continue
        if key not in kinds:
            raise Malformed(f"'{path}.{key[:100]}' is not known here.", f"{path}.{key[:100]}")
        if not isinstance(part, kinds[key]):
            raise Malformed(f"'{path}.{key}' is to be {WORDS[kinds[key]]}.", f"{path}.{key}")
        found[key] = part
    return cast(dict[str, Any], plain_json(found, path))


def _tool(tool: object, path: str) -> JSON:
    if not isinstance(tool, dict) or tool.get("type") != "function":
        raise Malformed(f"'{path}' is to be an object of the type 'function'.", path)
    function = named_object_in(
        tool.get("function"), f"{path}.function", description=str, parameters=dict, strict=bool
    )
    return {"type": "function", "function": function}


def _tool_call(call: object, path: str) -> JSON:
    if not isinstance(call, dict) or call.get("type") != "function":
        raise Malformed(f"'{path}' is to be an object of the type 'function'.", path)
    if not isinstance(call.get("id"), str):
        raise Malformed(f"'{path}.id' is to be text.", f"{path}.id")
    name = _name(call.get("function"), f"{path}.function")
    arguments = call["function"].get("arguments")
    if not isinstance(arguments, str):
        raise Malformed(f"'{path}.function.arguments' is to be text.", f"{path}.function.arguments")
    return {"id": call["id"], "type": "function", "function": {"name": name, "arguments": arguments}}


def _name(function: object, path: str) -> str:
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise Malformed(
            f"'{path}.name' is to be 1 to 64 letters, digits, dots, hyphens or underscores.", f"{path}.name"
        )
    return name
