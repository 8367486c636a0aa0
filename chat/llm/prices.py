"""What a provider's list of models says of prices: exact, and only where it is clear.

Two shapes are documented, and one speaks for itself:

    AI/ML API    {"units": [{"name": "token", "content": "text", "origin": "provided", "price": 0.25,
                             "per": 1000000, …}, {… "origin": "generated" …}, …]}
    OpenRouter   {"prompt": "0.00000025", "completion": "0.00000025", "request": "0", …}     USD a token, as text
    others       {"input_per_1m": 0.25, "output_per_1m": 0.25}                               USD a million tokens
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chat.llm.amounts import Unclear, decimal, nano_usd, number
from chat.llm.errors import BadAnswer

_PER = {"1k": 1_000, "thousand": 1_000, "1m": 1_000_000, "million": 1_000_000}
_SIDES = {"prompt": ("input", "prompt"), "completion": ("output", "completion")}
_ORIGINS = {"prompt": "provided", "completion": "generated"}
_MEANT = {"prompt": "tokens of questions", "completion": "tokens of answers"}


@dataclass(frozen=True)
class Rates:
    """Nano-USD a token."""

    prompt: int
    completion: int


def parse_prices(body: bytes, models: Collection[str]) -> dict[str, Rates | Unclear]:
    """Those of `models` that are listed, each with its price or why there is none; raises BadAnswer."""
    found: dict[str, Rates | Unclear] = {}
    listed = _listed(body)
    for model in models:
        entries = [entry for entry in listed if entry.get("id") == model]
        if entries:
            try:
                found[model] = _one(list({_rates(entry.get("pricing")) for entry in _for_chat(entries)}))
            except Unclear as unclear:
                found[model] = unclear
    return found


def _listed(body: bytes) -> list[dict[str, Any]]:
    try:
        answer = json.loads(body, parse_float=decimal, parse_int=decimal, parse_constant=decimal)
        return [entry for entry in answer["data"] if isinstance(entry, dict)]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadAnswer("no list of models") from None


def _for_chat(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """AI/ML API lists an id once for each endpoint that serves it."""
    chat = [entry for entry in entries if "chat-completion" in str(entry.get("type"))]
    return chat or entries


def _one(rates: list[Rates]) -> Rates:
    if len(rates) > 1:
        raise Unclear("has several prices for it")
    return rates[0]


def _rates(pricing: object) -> Rates:
    if not isinstance(pricing, dict) or not pricing:
        raise Unclear("gives no price for it")
    if str(pricing.get("currency") or "USD").upper() != "USD":
        raise Unclear("gives its price in another currency than USD")
    if "units" in pricing:
        return Rates(**{side: _of_units(pricing["units"], side) for side in _SIDES})
    if "prompt" in pricing or "completion" in pricing:
        _must_charge_for_tokens_alone(pricing)
        return Rates(**{side: _a_token(pricing.get(side), side) for side in _SIDES})
    return Rates(**{side: _by_name(pricing, side) for side in _SIDES})


def _of_units(units: object, side: str) -> int:
    """Of AI/ML API's units those for text, in or out; a cached prompt and other content have their own."""
    prices = {
        nano_usd(unit.get("price"), number(unit.get("per")), _MEANT[side])
        for unit in (units if isinstance(units, list) else ())
        if isinstance(unit, dict) and _is_of(unit, side)
    }
    if not prices:
        raise Unclear(f"gives no price for the {_MEANT[side]}")
    if len(prices) > 1:
        raise Unclear(f"has several prices for the {_MEANT[side]}")
    return prices.pop()


def _is_of(unit: Mapping[str, Any], side: str) -> bool:
    wanted = {"name": "token", "content": "text", "origin": _ORIGINS[side]}
    usual = {"type": "charge", "phase": "inference"}
    return all(unit.get(key) == value for key, value in wanted.items()) and all(
        unit.get(key) in (None, value) for key, value in usual.items()
    )


def _a_token(price: object, side: str) -> int:
    """OpenRouter's are texts; a number in their place may be for a token or for a million."""
    if isinstance(price, Decimal):
        raise Unclear("does not say how many tokens its price is for")
    return nano_usd(price, Decimal(1), _MEANT[side])


def _must_charge_for_tokens_alone(pricing: Mapping[str, Any]) -> None:
    request = pricing.get("request")
    if request is not None and number(request) != 0:
        raise Unclear("also takes a price for each request, which Parley cannot count")


def _by_name(pricing: Mapping[str, Any], side: str) -> int:
    """By names that say what a price is for, such as `input_per_1m`."""
    prices = list(_named(pricing, side))
    if not prices and any(name in pricing for name in _SIDES[side]):
        raise Unclear("does not say how many tokens its price is for")
    if not prices:
        raise Unclear(f"gives no price for the {_MEANT[side]}")
    if len(set(prices)) > 1:
        raise Unclear(f"has several prices for the {_MEANT[side]}")
    return prices[0]


def _named(pricing: Mapping[str, Any], side: str) -> Iterator[int]:
    for start in _SIDES[side]:
        for unit, tokens in _PER.items():
            for name in (f"{start}_per_{unit}", f"{start}_per_{unit}_tokens"):
                if pricing.get(name) is not None:
                    yield nano_usd(pricing[name], Decimal(tokens), _MEANT[side])
