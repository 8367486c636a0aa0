"""What a parameter may be, as the provider lists it; what is outside is refused by forms and never sent."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STOPS = 4
STOP_CHARACTERS = 200
FORMATS = ("text", "json_object", "json_schema")


@dataclass(frozen=True)
class Range:
    """Both ends are allowed."""

    least: float
    most: float
    whole: bool = False

    def holds(self, value: object) -> bool:
        kinds = int if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            return False
        return math.isfinite(value) and self.least <= value <= self.most


RANGES: Mapping[str, Range] = {
    "temperature": Range(0, 2),
    "top_p": Range(0.01, 1),
    "max_tokens": Range(1, 10**9, whole=True),  # the model's window is narrower
    "seed": Range(1, 2**53 - 1, whole=True),  # above it JSON loses digits
    "top_k": Range(0, 10**6, whole=True),
    "min_p": Range(0.001, 0.999),
    "top_a": Range(0, 1),
    "repetition_penalty": Range(0, 10),
    "frequency_penalty": Range(-2, 2),
    "presence_penalty": Range(-2, 2),
}


def is_sound(name: str, value: Any) -> bool:
    """Whether `value` may be sent as the parameter `name` of a chat, wherever it comes from.

    Tools are none: in a chat nobody runs one.
    """
    if name in RANGES:
        return RANGES[name].holds(value)
    if name == "stop":
        return _is_stop(value) or (
            isinstance(value, list) and 0 < len(value) <= STOPS and all(map(_is_stop, value))
        )
    if name == "prediction":
        return isinstance(value, dict) and value.get("type") == "content" and _is_text(value.get("content"))
    if name == "response_format":
        return isinstance(value, dict) and value.get("type") in FORMATS
    return False


def _is_stop(value: object) -> bool:
    return _is_text(value) and len(str(value)) <= STOP_CHARACTERS


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
