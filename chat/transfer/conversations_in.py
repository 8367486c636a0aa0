"""The conversations of a file, whatever format it has: parsed and checked, one at a time."""

import json
import math
from typing import Any

import orjson

from chat.transfer import chatgpt, parley_json
from chat.transfer.elements import NEITHER, Element
from chat.transfer.records import ConversationRecord
from chat.transfer.refused import Refused, Unreadable


def record_of(element: Element) -> ConversationRecord:
    """Raises Refused when this conversation cannot be imported, Unreadable when the file cannot be."""
    if element.fault:
        raise Refused(_where(element), element.fault)
    value = _value(element)
    if "mapping" in value:
        return chatgpt.parse(value, element.path)
    if "messages" in value:
        return parley_json.parse(value, element.path)
    raise Unreadable(_where(element), NEITHER)


def _where(element: Element) -> str:
    return element.path or f"line {element.line}"


def _value(element: Element) -> dict[str, Any]:
    try:
        value: dict[str, Any] = _loads(element.data)
    except UnicodeDecodeError as error:
        line = element.line + element.data.count(b"\n", 0, error.start)
        raise Unreadable(_at(element, line), "is not written in UTF-8") from error
    except json.JSONDecodeError as error:
        line = element.line + error.lineno - 1
        raise Unreadable(_at(element, line), f"is not valid JSON ({error.msg})") from error
    except ValueError as error:  # NaN, or a number of thousands of digits
        raise Unreadable(_at(element, element.line), "holds a number that is none") from error
    return value


def _at(element: Element, line: int) -> str:
    return f"line {line}: {element.path}" if element.path else f"line {line}"


def _loads(data: bytes) -> Any:
    """orjson refuses half characters (`\\ud83d` alone), which ChatGPT writes where it cut a text."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data.decode("utf-8"), parse_constant=_no_number, parse_float=_finite)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _finite(digits: str) -> float:
    """1e999 would become infinite, which no database's JSON can hold."""
    number = float(digits)
    if math.isinf(number):
        _no_number(digits)
    return number
