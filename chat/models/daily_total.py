"""The ledger's sums: one row a day and kind of call, kept in the transaction that closes a call.

No foreign keys, and 0 where a call has none: a total outlives everything, as the ledger's rows do.
"""

from bisect import bisect_left

from django.db import models

from chat.models.call import CallStatus, Source

# Upper bounds in ms, the last bucket has none. 64 ms is less than a provider's answer can take over the network,
# 17 min more than the ten that `llm` lets a request take. Each is the square root of 2 times the one before, so
# that a percentile read from them is off by two fifths at worst, and by a few per cent as a rule.
BOUNDS = tuple(round(2 ** (half / 2)) for half in range(12, 41))
TTFT_BUCKETS = tuple(f"ttft_{number:02}" for number in range(len(BOUNDS) + 1))
DURATION_BUCKETS = tuple(f"duration_{number:02}" for number in range(len(BOUNDS) + 1))


def bucket_of(ms: int) -> int:
    """The number of the bucket that a time belongs to."""
    return bisect_left(BOUNDS, ms)


class DailyTotal(models.Model):
    day = models.DateField(help_text="The day the calls were opened, in the site's time zone.")
    user_id = models.PositiveBigIntegerField(default=0)
    group_id = models.PositiveBigIntegerField(default=0)
    api_key_id = models.PositiveBigIntegerField(default=0)
    source = models.CharField(max_length=7, choices=Source.choices)
    model = models.CharField(
        max_length=200, help_text="The one that answered, or that was asked for where none did."
    )
    status = models.CharField(max_length=11, choices=CallStatus.choices)
    requests = models.PositiveBigIntegerField(default=0)
    prompt_tokens = models.PositiveBigIntegerField(default=0)
    completion_tokens = models.PositiveBigIntegerField(default=0)
    cost_nano_usd = models.BigIntegerField(
        default=0, help_text="Without the unpriced. 1 USD is 1,000,000,000."
    )
    unpriced = models.PositiveBigIntegerField(default=0, help_text="Calls whose cost is unknown.")
    estimated = models.PositiveBigIntegerField(default=0, help_text="Calls whose tokens are an estimate.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "user_id", "group_id", "api_key_id", "source", "model", "status"],
                name="one_total_a_kind",
            ),  # closing a call, and the administrator's tables
        ]
        indexes = [models.Index(fields=["user_id", "day"], name="total_user")]  # one's own usage

    def __str__(self) -> str:
        return f"total of {self.day}"


for column in (*TTFT_BUCKETS, *DURATION_BUCKETS):
    DailyTotal.add_to_class(column, models.PositiveIntegerField(default=0))
