"""How many tokens a text has: learned, by model, from what the provider reported before."""

from dataclasses import dataclass
from math import ceil

from django.db.models import Sum

from chat.models import Call, UsageSource

CHARACTERS_A_TOKEN = 4.0  # until a model has reported anything; English prose in common tokenizers
LEARN_FROM = 50  # rows
LEARN = ("prompt_characters", "completion_characters", "prompt_tokens", "completion_tokens")


@dataclass(frozen=True)
class Estimate:
    """Tokens."""

    prompt: int
    completion: int


def estimate_tokens(model: str, *, prompt: int = 0, completion: int = 0) -> Estimate:
    """Tokens for so many characters of prompt and completion; any text has at least one token."""
    exact = Call.objects.filter(model_requested=model, usage_source=UsageSource.PROVIDER).order_by("-pk")
    sums = exact.values(*LEARN)[:LEARN_FROM].aggregate(*map(Sum, LEARN))
    return Estimate(
        prompt=_tokens(prompt, sums["prompt_characters__sum"], sums["prompt_tokens__sum"]),
        completion=_tokens(completion, sums["completion_characters__sum"], sums["completion_tokens__sum"]),
    )


def _tokens(characters: int, known_characters: int | None, known_tokens: int | None) -> int:
    known = known_characters and known_tokens
    ratio = known_characters / known_tokens if known else CHARACTERS_A_TOKEN  # type: ignore[operator]
    return ceil(characters / max(ratio, 0.5))
