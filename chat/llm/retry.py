"""Whether and when a failed request is asked again."""

import math
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from random import Random

from chat.llm.errors import ModelError

RETRIES = 2
FIRST_DELAY = 0.5
LONGEST_DELAY = 8.0
LONGEST_WISH = 60.0


def delay(error: ModelError, attempt: int, jitter: Random) -> float | None:
    """Seconds to wait before retry number `attempt` (from 0); None when it must not be asked again.

    Only for a request of which no text has arrived. The provider's own wish is honoured up to 60 s; above
    that there is no retry. Otherwise 0.5·2ⁿ s, give or take half, at most 8 s.
    """
    if not error.retryable or attempt >= RETRIES:
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= LONGEST_WISH else None
    return min(LONGEST_DELAY, FIRST_DELAY * float(2**attempt) * jitter.uniform(0.5, 1.5))


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now, from `retry-after` as seconds or as a date; None when absent or unreadable.

    A date is counted from the answer's own `date`, so that a wrong clock on either side does no harm.
    """
    wish = headers.get("retry-after", "").strip()
    if not wish:
        return None
    try:
        seconds = float(wish)
    except ValueError:
        return _seconds_until(wish, headers.get("date", ""))
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(wish: str, date: str) -> float | None:
    then, sent = _timestamp(wish), _timestamp(date)
    if then is None:
        return None
    return max(0.0, then - (time.time() if sent is None else sent))


def _timestamp(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
