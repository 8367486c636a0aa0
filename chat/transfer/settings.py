"""The settings of a conversation that came from outside: what would be sent must be what may be sent."""

from collections.abc import Mapping
from typing import Any

import orjson

from chat.transfer import checks
from chat.transfer.refused import Refused

MOST_BYTES = 200_000  # of all settings, as JSON
SYSTEM_CHARACTERS = 100_000
STOPS = 4
STOP_CHARACTERS = 1_000

# name: (least, most), as the provider lists them
NUMBERS: dict[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0.01, 1),
    "top_k": (0, 1_000_000),
    "min_p": (0.001, 0.999),
    "top_a": (0, 1),
    "repetition_penalty": (0, 1_000),
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
}
WHOLE_NUMBERS = ("max_tokens", "max_completion_tokens", "seed")
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
    elif name in NUMBERS:
        least, most = NUMBERS[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise Refused(path, f"is not a number from {least:g} to {most:g}")
    elif name in WHOLE_NUMBERS:
        if checks.a_count(value, path) < 1:
            raise Refused(path, "is not a whole number from 1 on")
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
