"""Prices as providers document them: exact where they are clear, and a reason where they are not."""

import json
from typing import Any

import pytest

from chat.llm import BadAnswer, Rates, Unclear, parse_prices

MODEL = "mistralai/mistral-tiny"


def unit(origin: str, price: Any, per: Any = 1_000_000, **more: Any) -> dict[str, Any]:
    """Of AI/ML API: what is charged for."""
    author = "user" if origin == "provided" else "model"
    usual = {"type": "charge", "name": "token", "content": "text", "phase": "inference", "author": author}
    return {**usual, "origin": origin, "price": price, "per": per, **more}


def aimlapi(*units: dict[str, Any]) -> dict[str, Any]:
    return {"units": list(units)}


def openrouter(prompt: Any = "0.00000025", completion: Any = "0.00000025", **more: Any) -> dict[str, Any]:
    others = {"request": "0", "image": "0", "web_search": "0", "internal_reasoning": "0"}
    return {"prompt": prompt, "completion": completion, **others, **more}


def parsed(pricing: Any, **more: Any) -> Rates | str:
    body = json.dumps(
        {"object": "list", "data": [{"id": "other"}, {"id": MODEL, "pricing": pricing, **more}]}
    )
    found = parse_prices(body.encode(), [MODEL])[MODEL]
    return found.why if isinstance(found, Unclear) else found


@pytest.mark.parametrize(
    ("pricing", "rates"),
    [
        (aimlapi(unit("provided", 1.25), unit("generated", 10)), (1250, 10_000)),
        (aimlapi(unit("provided", 2, 1000), unit("generated", 6, 1000)), (2_000_000, 6_000_000)),
        (
            aimlapi(
                unit("provided", 3),
                unit("generated", 15),
                unit("cached", 0.3),
                unit("cache_write", 3.75),
                unit("provided", 99, content="image"),
                unit("provided", 5, phase="training"),
                unit("provided", 1, type="discount"),
            ),
            (3000, 15_000),
        ),
        (aimlapi(unit("provided", 0.000000025, 1), unit("generated", "0.1")), (25, 100)),
        (openrouter(), (250, 250)),
        (openrouter("0.000003", "0.000015", input_cache_read="0.0000003"), (3000, 15_000)),
        (openrouter("0", "0"), (0, 0)),
        (openrouter("0.000600", "0.000600"), (600_000, 600_000)),
        ({"input_per_1m": 0.15, "output_per_1m": 0.60}, (150, 600)),
        (
            {"input_per_1m": "0.15", "output_per_1m": "0.60", "per_request": None, "currency": "USD"},
            (150, 600),
        ),
        ({"input_per_1k": 0.00015, "output_per_1k": 0.0006}, (150, 600)),
        ({"prompt_per_million": 0.15, "output_per_1m_tokens": 0.60}, (150, 600)),
    ],
)
def test_documented_shapes_are_read_to_the_nano_usd(pricing: Any, rates: tuple[int, int]) -> None:
    assert parsed(pricing) == Rates(*rates)


@pytest.mark.parametrize(
    ("pricing", "why"),
    [
        (None, "gives no price for it"),
        ({}, "gives no price for it"),
        ([], "gives no price for it"),
        ("0.25", "gives no price for it"),
        ({"hourly": 1}, "gives no price for the tokens of questions"),
        (aimlapi(), "gives no price for the tokens of questions"),
        ({"units": None}, "gives no price for the tokens of questions"),
        (aimlapi(unit("provided", 1)), "gives no price for the tokens of answers"),
        (aimlapi(unit("provided", None), unit("generated", 1)), "gives no price for the tokens of questions"),
        (
            aimlapi(unit("provided", 1, None), unit("generated", 1)),
            "gives no price for the tokens of questions",
        ),
        (aimlapi(unit("provided", 1, 0), unit("generated", 1)), "gives no price for the tokens of questions"),
        (
            aimlapi(unit("provided", 1, -5), unit("generated", 1)),
            "gives no price for the tokens of questions",
        ),
        (aimlapi(unit("provided", True), unit("generated", 1)), "gives no price for the tokens of questions"),
        (
            aimlapi(unit("provided", 1), unit("provided", 2), unit("generated", 1)),
            "has several prices for the tokens of questions",
        ),
        (openrouter("-1", "-1"), "has a price that changes with each request"),
        (openrouter(completion=None), "gives no price for the tokens of answers"),
        (openrouter("much"), "gives no price for the tokens of questions"),
        (openrouter("NaN"), "gives no price for the tokens of questions"),
        (openrouter("Infinity"), "gives no price for the tokens of questions"),
        (openrouter("1e-999999"), "gives no price for the tokens of questions"),
        (openrouter("0." + "0" * 50 + "1"), "gives no price for the tokens of questions"),
        (openrouter(request="0.01"), "also takes a price for each request, which Parley cannot count"),
        (openrouter(0.25, 0.25), "does not say how many tokens its price is for"),
        ({"input": 0.2, "output": 0.2, "hourly": 0}, "does not say how many tokens its price is for"),
        (
            openrouter("0.25"),
            "asks for more than $10,000 a million tokens of questions, which cannot be meant",
        ),
        (
            openrouter("1e20"),
            "asks for more than $10,000 a million tokens of questions, which cannot be meant",
        ),
        (
            openrouter("0.0000000375"),
            "has a price of more than three decimals a million tokens of questions; enter one yourself",
        ),
        (
            aimlapi(unit("provided", 1, 3_000_007), unit("generated", 1)),
            "has a price of more than three decimals a million tokens of questions; enter one yourself",
        ),
        (
            {"input_per_1m": 1, "output_per_1m": 1, "currency": "EUR"},
            "gives its price in another currency than USD",
        ),
        (
            {"input_per_1m": 1, "input_per_1k": 1, "output_per_1m": 1},
            "has several prices for the tokens of questions",
        ),
    ],
)
def test_what_is_unclear_is_not_guessed(pricing: Any, why: str) -> None:
    assert parsed(pricing) == why


def test_no_digit_of_a_price_is_lost_on_the_way() -> None:
    for nano in (1, 7, 54, 333, 1_234_567):
        assert parsed(aimlapi(unit("provided", nano / 1000), unit("generated", nano / 1000))) == Rates(
            nano, nano
        )
        assert parsed(openrouter(f"{nano / 10**9:.9f}", f"{nano}e-9")) == Rates(nano, nano)


def test_of_an_id_that_several_endpoints_serve_the_chat_counts() -> None:
    entries = [
        {"id": MODEL, "type": "openai/image-generations", "pricing": openrouter("0.001", "0.001")},
        {"id": MODEL, "type": "openai/chat-completions", "pricing": openrouter()},
    ]
    assert parse_prices(json.dumps({"data": entries}).encode(), [MODEL]) == {MODEL: Rates(250, 250)}


def test_an_id_with_two_prices_is_unclear() -> None:
    entries = [{"id": MODEL, "pricing": openrouter()}, {"id": MODEL, "pricing": openrouter("0.000001")}]
    found = parse_prices(json.dumps({"data": entries}).encode(), [MODEL])[MODEL]
    assert isinstance(found, Unclear)
    assert found.why == "has several prices for it"


def test_what_is_not_listed_or_not_asked_for_is_left_out() -> None:
    body = json.dumps({"data": [{"id": "other", "pricing": openrouter()}, 7, {"name": "no id"}]}).encode()
    assert parse_prices(body, [MODEL]) == {}


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"data": 1}', b'{"data": null}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_list_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        parse_prices(body, [MODEL])


@pytest.mark.parametrize("price", ["NaN", "Infinity", "1e99999999999999999999", "1" * 5000])
def test_numbers_that_are_none_are_no_price(price: str) -> None:
    pricing = f'{{"input_per_1m": {price}, "output_per_1m": 1}}'
    body = f'{{"data": [{{"id": "{MODEL}", "pricing": {pricing}}}]}}'.encode()
    found = parse_prices(body, [MODEL])[MODEL]
    assert isinstance(found, Unclear)
    assert found.why == "gives no price for the tokens of questions"
