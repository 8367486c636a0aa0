"""What is to be made, and in which order: by time, in slices that fit into memory and into short transactions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from random import Random

IN_A_SLICE = 100  # conversations
CALLS_IN_A_SLICE = 1000
WITH_RARE = 10  # conversations at most


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A span of time with the numbers of the conversations that begin in it."""

    start: datetime
    end: datetime
    conversations: range
    calls: int
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """So many conversations of so many messages each, spread over `days` that end now.

    `long` is the length of one more conversation, the newest; 0 for none. `calls` are ledger rows of API calls,
    beside the one that each reply has.
    """

    conversations: int
    messages: int
    long: int = 0
    calls: int = 0
    days: int = 365
    seed: int = 1

    def slices(self, now: datetime) -> Iterator[Slice]:
        """From the oldest to the newest."""
        many = max(ceil(self.conversations / IN_A_SLICE), ceil(self.calls / CALLS_IN_A_SLICE), 1)
        start, length = now - timedelta(days=self.days), timedelta(days=self.days) / many
        for at in range(many):
            yield Slice(
                start=start + at * length,
                end=start + (at + 1) * length,
                conversations=range(self.conversations * at // many, self.conversations * (at + 1) // many),
                calls=self.calls * (at + 1) // many - self.calls * at // many,
                is_last=at == many - 1,
            )

    def words(self) -> Random:
        """A draw of words, the same for the same seed."""
        return Random(self.seed)  # nosec B311 # to be repeated, not to be a secret

    @property
    def with_rare(self) -> int:
        """How many conversations have the rare word."""
        return min(WITH_RARE, self.conversations)

    def has_rare(self, number: int) -> bool:
        """Whether the conversation of this number is one of them."""
        few = self.with_rare
        return number in {part * self.conversations // few for part in range(few)}
