"""Tokens before anybody has counted them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from chat.local_model import MODEL_NAME
from chat.models import Call, Price
from chat.usage import Exact, estimate_prompt, estimate_tokens, last_exact, prompt_cost


def counted(reply: int = 1, *, prompt: tuple[int, int], completion: tuple[int, int], **more: Any) -> Call:
    """A ledger row; `prompt` and `completion` are (characters, tokens)."""
    now = timezone.now()
    values: dict[str, Any] = {
        "opened_at": now,
        "day": timezone.localdate(now),
        "source": "chat",
        "status": "done",
        "model_requested": "m",
        "prompt_characters": prompt[0],
        "prompt_tokens": prompt[1],
        "completion_characters": completion[0],
        "completion_tokens": completion[1],
        "usage_source": "provider",
        "max_tokens": 100,
        "reply_id": reply,
        "request_id": uuid4(),
    }
    return Call.objects.create(**{**values, **more})


def test_a_model_teaches_how_many_characters_its_tokens_have(db: None) -> None:
    counted(prompt=(1000, 500), completion=(300, 100))
    estimate = estimate_tokens("m", prompt=100, completion=30)
    assert (estimate.prompt, estimate.completion) == (50, 10)


def test_what_was_counted_is_not_guessed_again(db: None) -> None:
    counted(prompt=(1000, 500), completion=(200, 50))
    exact = last_exact("m", [1])
    assert exact == Exact(characters=1200, tokens=550)
    assert estimate_prompt("m", 1200, exact) == 550


def test_only_what_is_new_is_guessed(db: None) -> None:
    counted(prompt=(1000, 500), completion=(200, 50))
    assert estimate_prompt("m", 1300, last_exact("m", [1])) == 550 + 100 / 2


def test_turns_that_are_left_out_count_no_more(db: None) -> None:
    assert estimate_prompt("m", 600, Exact(characters=1200, tokens=550)) == 275


def test_without_a_count_the_whole_is_guessed(db: None) -> None:
    assert last_exact("m", []) is None
    assert estimate_prompt("m", 400, None) == 100


def test_the_newest_count_of_these_replies_is_taken(db: None) -> None:
    counted(1, prompt=(100, 10), completion=(10, 1))
    counted(2, prompt=(200, 20), completion=(10, 1))
    counted(3, prompt=(300, 30), completion=(10, 1))
    assert last_exact("m", [1, 2]) == Exact(210, 21)


@pytest.mark.parametrize(
    "other", [{"usage_source": "estimate"}, {"model_requested": "n"}, {"source": "title"}]
)
def test_what_is_no_count_of_this_models_is_not_taken(db: None, other: dict[str, str]) -> None:
    counted(prompt=(100, 10), completion=(10, 1), **other)
    assert last_exact("m", [1]) is None


def price(model: str, days: int = 0) -> None:
    starts_on = timezone.localdate() + timedelta(days=days)
    Price.objects.create(model=model, starts_on=starts_on, prompt_nano_usd=250, completion_nano_usd=750)


def test_a_prompt_costs_what_the_price_of_today_says(db: None) -> None:
    price("m")
    assert prompt_cost("m", 1000) == 250_000


def test_without_a_price_a_cost_is_unknown_and_never_zero(db: None) -> None:
    price("m", days=1)
    assert prompt_cost("m", 1000) is None


def test_the_embedded_model_does_not_cost_what_it_stands_in_for(db: None, settings: Any) -> None:
    settings.EMBEDDED_MODEL = True
    price("m")
    assert prompt_cost("m", 1000) is None
    price(MODEL_NAME)
    assert prompt_cost("m", 1000) == 250_000


@pytest.mark.parametrize(
    ("exact", "characters"),
    [
        (Exact(4000, 4000), 1.0),  # Chinese
        (Exact(4000, 800), 3.0),  # English has five, and is cut a little early
        (Exact(20, 40), 3.0),  # a greeting says nothing of a language
        (Exact(4000, 4_000_000), 0.5),
        (Exact(4000, 0), 3.0),
    ],
)
def test_a_prompt_is_cut_by_what_the_provider_counted(exact: Exact, characters: float) -> None:
    assert exact.characters_a_token == characters
