"""The settings of a conversation that came from outside: what would be sent must be what may be sent."""

from collections.abc import Mapping
from typing import Any

import orjson

from chat.llm import RANGES, STOP_CHARACTERS, STOPS
from chat.transfer import checks
from chat.transfer.refused import Refused

MOST_BYTES = 200_000  # of all settings, as JSON
SYSTEM_CHARACTERS = 100_000
OBJECTS = ("prediction", "response_format")
NOBODY_RUNS = ("tools", "tool_choice", "parallel_tool_calls")


def parse_settings(value: object, path: str) -> Mapping[str, Any]:
    """As they are; raises Refused for what is none. Names that Parley does not send are only kept."""
    settings = checks.an_object(value, path)
    for name, setting in settings.items():
        _check(name, setting, f"{path}.{name}")
    _check_texts(settings, path)
    return settings


def _check(name: str, value: object, path: str) -> None:
    if name == "system":
        checks.a_text(value, path, most=SYSTEM_CHARACTERS)
    elif name in RANGES:
        bounds = RANGES[name]
        if not bounds.holds(value):
            kind = "a whole number" if bounds.whole else "a number"
            raise Refused(path, f"is not {kind} from {bounds.least:,} to {bounds.most:,}")
    elif name == "stop":
        stops = [value] if isinstance(value, str) else checks.a_list(value, path)
        if len(stops) > STOPS:
            raise Refused(path, f"has more than {STOPS} texts")
        for place, stop in enumerate(stops):
            checks.a_text(stop, f"{path}[{place}]", most=STOP_CHARACTERS)
    elif name in OBJECTS:
        checks.an_object(value, path)
    elif name in NOBODY_RUNS:
        raise Refused(path, "is for programs: in a conversation nobody runs a tool")


def _check_texts(settings: Mapping[str, Any], path: str) -> None:
    """No text in them, however deep, may be one that a database cannot store."""
    try:
        written = orjson.dumps(settings)
    except TypeError as error:  # half a character, or a number beyond 64 bits
        raise Refused(path, "hold something that cannot be stored") from error
    if len(written) > MOST_BYTES:
        raise Refused(path, f"are larger than {MOST_BYTES:,} bytes")
    if rb"\u0000" in written:
        raise Refused(path, "hold a NUL character, which cannot be stored")
