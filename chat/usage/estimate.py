"""How many tokens a text has: learned, by model, from what the provider reported before."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.db.models import Sum

from chat.models import Call, Source, UsageSource

CHARACTERS_A_TOKEN = 4.0  # until a model has reported anything; English prose in common tokenizers
CAUTIOUS = 3.0  # characters a token: a prompt that is cut a little early is better than one that is refused
ENOUGH = (
    2_000  # characters, for a count to say something of the language and not of what stands around a turn
)
LEARN_FROM = 50  # rows
FEWEST = 0.5  # characters a token, whatever was counted
LEARN = ("prompt_characters", "completion_characters", "prompt_tokens", "completion_tokens")


@dataclass(frozen=True)
class Estimate:
    """Tokens."""

    prompt: int
    completion: int


@dataclass(frozen=True)
class Exact:
    """What the provider counted of a conversation: `characters` of prompt and answer are `tokens`."""

    characters: int
    tokens: int

    @property
    def characters_a_token(self) -> float:
        """What a token may be taken to have at most: fewer in Chinese than in English."""
        if self.characters < ENOUGH:
            return CAUTIOUS
        return min(CAUTIOUS, max(self.characters / max(self.tokens, 1), FEWEST))


def estimate_tokens(model: str, *, prompt: int = 0, completion: int = 0) -> Estimate:
    """Tokens for so many characters of prompt and completion; any text has at least one token."""
    exact = Call.objects.filter(model_requested=model, usage_source=UsageSource.PROVIDER).order_by("-pk")
    sums = exact.values(*LEARN)[:LEARN_FROM].aggregate(*map(Sum, LEARN))
    return Estimate(
        prompt=_tokens(prompt, sums["prompt_characters__sum"], sums["prompt_tokens__sum"]),
        completion=_tokens(completion, sums["completion_characters__sum"], sums["completion_tokens__sum"]),
    )


def estimate_prompt(model: str, characters: int, exact: Exact | None = None) -> int:
    """Tokens of a prompt that goes on from what `exact` counted, so that only what is new is guessed."""
    if exact is None or not exact.characters:
        return estimate_tokens(model, prompt=characters).prompt
    new = characters - exact.characters
    if new > 0:
        return exact.tokens + estimate_tokens(model, prompt=new).prompt
    return ceil(exact.tokens * characters / exact.characters)  # the oldest turns were left out meanwhile


def last_exact(model: str, replies: Sequence[int]) -> Exact | None:
    """The newest count that the provider gave for one of these replies, if any."""
    counted = Call.objects.filter(
        reply__in=replies, source=Source.CHAT, usage_source=UsageSource.PROVIDER, model_requested=model
    )
    newest = counted.order_by("-pk").values_list(*LEARN).first() if replies else None
    if newest is None:
        return None
    prompt_characters, completion_characters, prompt_tokens, completion_tokens = newest
    return Exact(prompt_characters + completion_characters, prompt_tokens + completion_tokens)


def _tokens(characters: int, known_characters: int | None, known_tokens: int | None) -> int:
    known = known_characters and known_tokens
    ratio = known_characters / known_tokens if known else CHARACTERS_A_TOKEN  # type: ignore[operator]
    return ceil(characters / max(ratio, FEWEST))
