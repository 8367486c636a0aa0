"""When a failed request is asked again."""

from random import Random

import pytest

from chat.llm import InStreamError, ModelError, TimedOut, Unreachable, delay, parse_error

DATE = "Tue, 03 Nov 2026 10:00:00 GMT"


def rate_limited(**headers: str) -> ModelError:
    return parse_error(429, b"", {name.replace("_", "-"): value for name, value in headers.items()})


def wait(error: ModelError, attempt: int = 0) -> float | None:
    return delay(error, attempt, Random(1))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_trouble_is_asked_again_twice(status: int) -> None:
    error = parse_error(status, b"", {})
    assert [wait(error, attempt) is not None for attempt in range(4)] == [True, True, False, False]


@pytest.mark.parametrize("status", [301, 400, 401, 402, 403, 404, 405, 413, 422, 501])
def test_a_lasting_refusal_is_not_asked_again(status: int) -> None:
    assert wait(parse_error(status, b"", {"retry-after": "1"})) is None


def test_an_endpoint_that_cannot_be_reached_is_asked_again() -> None:
    assert wait(Unreachable("refused")) is not None


def test_silence_is_not_asked_again() -> None:
    assert wait(TimedOut("60 s without a byte")) is None


def test_an_error_in_the_stream_counts_as_its_status() -> None:
    assert wait(InStreamError("overloaded", http_status=503)) is not None
    assert wait(InStreamError("no reason")) is None


def test_the_waits_double_with_jitter_and_end_at_8_seconds() -> None:
    for seed in range(200):
        random = Random(seed)
        assert 0.25 <= (delay(Unreachable(), 0, random) or 0) <= 0.75
        assert 0.5 <= (delay(Unreachable(), 1, random) or 0) <= 1.5
    assert len({delay(Unreachable(), 0, Random(seed)) for seed in range(20)}) > 10


@pytest.mark.parametrize(("wish", "seconds"), [("0", 0), ("1", 1), ("2.5", 2.5), ("60", 60), ("-5", 0)])
def test_the_providers_wish_in_seconds_is_honoured(wish: str, seconds: float) -> None:
    assert wait(rate_limited(retry_after=wish)) == seconds


@pytest.mark.parametrize("wish", ["61", "3600", "Tue, 03 Nov 2026 11:00:00 GMT"])
def test_a_wish_of_more_than_a_minute_is_no_retry(wish: str) -> None:
    assert wait(rate_limited(retry_after=wish, date=DATE)) is None


def test_a_date_is_counted_from_the_answers_own_date() -> None:
    assert wait(rate_limited(retry_after="Tue, 03 Nov 2026 10:00:07 GMT", date=DATE)) == 7


def test_a_date_that_has_passed_is_now() -> None:
    assert wait(rate_limited(retry_after="Wed, 21 Oct 2015 07:28:00 GMT")) == 0


@pytest.mark.parametrize("wish", ["", "soon", "inf", "nan", "Tue, 99 Foo 2026"])
def test_a_wish_that_cannot_be_read_is_none(wish: str) -> None:
    assert 0.25 <= (wait(rate_limited(retry_after=wish)) or 0) <= 0.75
