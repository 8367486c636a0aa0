"""The optional parameters of a request: in the ranges of the provider, or known and left out, or refused."""

from collections.abc import Mapping
from typing import Any

from chat.gateway.errors import Malformed
from chat.gateway.tools import named_object_in, tool_choice_in, tools_in
from chat.llm import FORMATS, RANGES, STOP_CHARACTERS, STOPS, Parameters, Range, is_sound

READ = {"model", "messages", "stream", "stream_options"}  # elsewhere

# Of OpenAI's, but not of the provider's. These change no answer: they are left out.
LEFT_OUT = {"metadata", "prompt_cache_key", "safety_identifier", "service_tier", "store", "user"}

# These would change it: only as what it is without them.
AS_WITHOUT: Mapping[str, tuple[Any, ...]] = {
    "n": (1,),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "logit_bias": ({},),
    "modalities": (["text"],),
    "audio": (),
    "functions": ([],),
    "function_call": ("none",),
    "reasoning_effort": (),
    "verbosity": (),
    "web_search_options": (),
}

NUMBERS = [name for name in RANGES if name != "max_tokens"]


def parameters_in(fields: Mapping[str, Any]) -> Parameters:
    """Raises Malformed. What is null was not given."""
    given = {name: value for name, value in fields.items() if value is not None and name not in READ}
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in NUMBERS:
            found[name] = _number(name, RANGES[name], value)
        elif name in ("max_tokens", "max_completion_tokens"):
            tokens = int(_number(name, RANGES["max_tokens"], value))
            found["max_tokens"] = min(tokens, found.get("max_tokens", tokens))
        elif name in OTHERS:
            found[name] = OTHERS[name](name, value)
        elif name in AS_WITHOUT:
            if not any(
                value == usual and isinstance(value, bool) == isinstance(usual, bool)
                for usual in AS_WITHOUT[name]
            ):
                raise Malformed(f"'{name}' is not supported here. Leave it out.", name)
        elif name not in LEFT_OUT:
            raise Malformed(f"'{name[:100]}' is not known here.", name[:100])
    if "tools" not in found and "tool_choice" in found and found["tool_choice"] != "none":
        raise Malformed("'tool_choice' is for 'tools', and there are none.", "tool_choice")
    return Parameters(**found)


def _number(name: str, allowed: Range, value: Any) -> Any:
    if allowed.whole and isinstance(value, float) and value.is_integer():
        value = int(value)  # for JSON there is no difference
    if not allowed.holds(value):
        kind = "a whole number" if allowed.whole else "a number"
        raise Malformed(f"'{name}' is to be {kind} from {allowed.least:,} to {allowed.most:,}.", name)
    return value


def _stop(name: str, value: Any) -> Any:
    if value == []:
        return None
    if not is_sound(name, value):
        raise Malformed(
            f"'stop' is to be text, or up to {STOPS} texts, each of 1 to {STOP_CHARACTERS} characters.", name
        )
    return value


def _yes_or_no(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Malformed(f"'{name}' is to be true or false.", name)
    return value


def _response_format(name: str, value: Any) -> Any:
    if not is_sound(name, value):
        raise Malformed(f"'{name}' is to be an object whose 'type' is one of {', '.join(FORMATS)}.", name)
    if value["type"] != "json_schema":
        return {"type": value["type"]}
    path = f"{name}.json_schema"
    schema = named_object_in(value.get("json_schema"), path, description=str, schema=dict, strict=bool)
    return {"type": "json_schema", "json_schema": schema}


def _prediction(name: str, value: Any) -> Any:
    if not is_sound(name, value):
        raise Malformed("'prediction' is to be an object of the type 'content' with 'content' as text.", name)
    return {"type": "content", "content": value["content"]}


OTHERS = {
    "stop": _stop,
    "prediction": _prediction,
    "tools": lambda _, value: tools_in(value),
    "tool_choice": lambda _, value: tool_choice_in(value),
    "parallel_tool_calls": _yes_or_no,
    "response_format": _response_format,
}
