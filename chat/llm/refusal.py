"""An error answer of a provider, in any of its shapes, to one error of our tree."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from chat.llm.errors import (
    BadRequest,
    ContextTooLong,
    KeyRefused,
    ModelError,
    ModelGone,
    OutOfCredit,
    RateLimited,
    Redirected,
    ServerError,
    SystemRoleRefused,
    TimedOut,
)
from chat.llm.retry import parse_retry_after

LONGEST_MESSAGE = 4000

_TOO_LONG = re.compile(
    r"context.{0,20}(length|window|size|limit)|maximum context|exceed_context|too many tokens"
    r"|prompt is too long|input is too long|too large for model",
    re.IGNORECASE,
)
_NO_SYSTEM = re.compile(
    r"\bnot support\W.{0,20}\bsystem\b|\bsystem\b.{0,20}\bnot (be )?support"
    r"|unexpected role.{0,5}\bsystem\b|only user and assistant roles",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(r"not a valid model|model_not_found|model.{0,80}does not exist", re.IGNORECASE)

_BY_STATUS: dict[int, type[ModelError]] = {
    401: KeyRefused,
    402: OutOfCredit,
    403: OutOfCredit,
    408: TimedOut,
    429: RateLimited,
    504: TimedOut,
}


def parse_error(status: int, body: bytes, headers: Mapping[str, str], *, model: str = "") -> ModelError:
    """The error for an answer that is not 2xx; header names in lower case, `model` to be named if gone."""
    said = body.decode("utf-8", "replace")
    message = f"HTTP {status}: {_message(said)}"
    if status == 404 or (400 <= status < 500 and _NO_MODEL.search(said)):
        return ModelGone(message, model=model, http_status=status)
    return _kind(status, said)(message, http_status=status, retry_after=parse_retry_after(headers))


def message_of(body: object, depth: int = 4) -> str:
    """The provider's own words in a decoded error body, looked for `depth` levels deep, or ""."""
    if isinstance(body, str):
        return body
    if depth == 0:
        return ""
    if isinstance(body, list):
        return "; ".join(filter(None, (message_of(part, depth - 1) for part in body)))
    if not isinstance(body, dict):
        return ""
    words = (message_of(body.get(key), depth - 1) for key in ("message", "error", "detail", "msg", "title"))
    return next(filter(None, words), "")


def _kind(status: int, said: str) -> type[ModelError]:
    if 300 <= status < 400:
        return Redirected
    if kind := _BY_STATUS.get(status):
        return kind
    if status >= 500:
        return ServerError
    if _TOO_LONG.search(said):
        return ContextTooLong
    return SystemRoleRefused if _NO_SYSTEM.search(said) else BadRequest


def _message(said: str) -> str:
    try:
        body: Any = orjson.loads(said)
    except ValueError:
        body = None
    return (message_of(body) or said)[:LONGEST_MESSAGE]
