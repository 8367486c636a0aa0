"""JSON values as source text: exact, one member a line, and nothing in it that a screen would not show."""

import json
from collections.abc import Callable, Mapping
from typing import Any

NO_WORDS: Mapping[str, str] = {}
PYTHON_WORDS = {"true": "True", "false": "False", "null": "None"}


def json_literal(value: Any) -> str:
    return _literal(value, _json_text)


def javascript_literal(value: Any, *, indent: str = "") -> str:
    """As JSON, and harmless inside an HTML page: no tag and no comment begins in it."""
    return _literal(value, _javascript_text, indent=indent)


def python_literal(value: Any, *, indent: str = "") -> str:
    """`indent` is of the line that it begins in."""
    return _literal(value, _python_text, words=PYTHON_WORDS, step="    ", indent=indent)


def _literal(
    value: Any,
    text: Callable[[str], str],
    *,
    words: Mapping[str, str] = NO_WORDS,
    step: str = "  ",
    indent: str = "",
) -> str:
    within = indent + step

    def inner(item: Any) -> str:
        return _literal(item, text, words=words, step=step, indent=within)

    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict) and value:
        members = [f"{within}{text(name)}: {inner(item)}" for name, item in value.items()]
        return "{\n" + ",\n".join(members) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(within + inner(item) for item in value) + f"\n{indent}]"
    plain = json.dumps(value)
    return words.get(plain, plain)


def _json_text(text: str) -> str:
    return _visible(json.dumps(text, ensure_ascii=False), _utf16)


def _javascript_text(text: str) -> str:
    return _json_text(text).replace("</", r"<\/").replace("<!", r"<\!")


def _python_text(text: str) -> str:
    """JSON's escapes mean the same in Python, but for those of the characters beyond U+FFFF."""
    return _visible(json.dumps(text, ensure_ascii=False), _code_point)


def _visible(quoted: str, escape: Callable[[str], str]) -> str:
    """With every character escaped that is not seen, or turns the direction of others."""
    if quoted.isprintable():
        return quoted
    return "".join([sign if sign.isprintable() else escape(sign) for sign in quoted])


def _utf16(sign: str) -> str:
    units = sign.encode("utf-16-be", "surrogatepass").hex()
    return "".join(rf"\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _code_point(sign: str) -> str:
    return rf"\U{ord(sign):08x}" if ord(sign) > 0xFFFF else rf"\u{ord(sign):04x}"
