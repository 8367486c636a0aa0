"""Times in buckets: percentiles, without a row for each call."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from chat.models import BOUNDS


@dataclass(frozen=True)
class Times:
    """How many calls took a time of each bucket, see `chat.models.daily_total`."""

    counts: tuple[int, ...] = ()

    @classmethod
    def of(cls, several: "Iterable[Times]") -> "Times":
        """All of them together."""
        return cls(tuple(map(sum, zip(*(times.counts for times in several if times.counts), strict=True))))

    @property
    def p50(self) -> float | None:
        return self.percentile(50)

    @property
    def p95(self) -> float | None:
        return self.percentile(95)

    def percentile(self, percent: float) -> float | None:
        """In ms, None where nothing was timed; as if the times of a bucket were spread evenly over it.

        What lies in the last bucket, which has no end, took at least what is said.
        """
        wanted, below = sum(self.counts) * percent / 100, 0
        for (low, high), count in zip(pairwise((0, *BOUNDS, BOUNDS[-1])), self.counts, strict=False):
            if count and wanted <= below + count:
                return low + (high - low) * (wanted - below) / count
            below += count
        return None
