"""What a provider reports as used, believed only where it can be true."""

from collections.abc import Mapping
from typing import Any

from chat.llm.types import Usage

MOST_TOKENS = 10_000_000
NANO = 1_000_000_000
NANO_USD_PER_CREDIT = 500
MOST_NANO_USD = 10_000 * NANO


def parse_usage(body: Mapping[str, Any]) -> Usage | None:
    """The usage of a chunk or completion; None when nothing in it can be believed.

    A cost is looked for in `meta.usage.usd_spent`, then `meta.usage.credits_used`, then `usage.cost` (USD).
    """
    if not (body.get("usage") or body.get("meta")):
        return None
    counts = _mapping(body.get("usage"))
    meta = _mapping(_mapping(body.get("meta")).get("usage"))
    return _believable(
        prompt=_tokens(counts.get("prompt_tokens")),
        completion=_tokens(counts.get("completion_tokens")),
        cost=_first(
            _nano(meta.get("usd_spent"), NANO),
            _nano(meta.get("credits_used"), NANO_USD_PER_CREDIT),
            _nano(counts.get("cost"), NANO),
        ),
    )


def parse_cost_headers(headers: Mapping[str, str]) -> int | None:
    """Nano-USD from the headers of an answer that was not streamed, or None."""
    return _first(
        _nano(_number(headers.get("x-aimlapi-usd-spent")), NANO),
        _nano(_number(headers.get("x-aimlapi-credits-used")), NANO_USD_PER_CREDIT),
    )


def _believable(*, prompt: int | None, completion: int | None, cost: int | None) -> Usage | None:
    if prompt is None and completion is None and cost is None:
        return None
    return Usage(prompt_tokens=prompt, completion_tokens=completion, cost_nano_usd=cost)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _tokens(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= MOST_TOKENS else None


def _nano(value: object, factor: int) -> int | None:
    if type(value) not in (int, float) or not isinstance(value, int | float):
        return None
    try:
        nano = round(value * factor)
    except (OverflowError, ValueError):  # infinite, not a number, or beyond what a float holds
        return None
    return nano if 0 <= nano <= MOST_NANO_USD else None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _first(*costs: int | None) -> int | None:
    return next((cost for cost in costs if cost is not None), None)
