"""Percentiles from buckets."""

import pytest

from chat.models import BOUNDS, bucket_of
from chat.usage.times import Times


def times(*ms: int) -> Times:
    counts = [0] * (len(BOUNDS) + 1)
    for one in ms:
        counts[bucket_of(one)] += 1
    return Times(tuple(counts))


def test_nothing_timed_has_no_percentile() -> None:
    assert Times().p50 is None
    assert times().p95 is None


def test_a_bound_belongs_to_the_bucket_that_it_ends() -> None:
    assert (BOUNDS[0], BOUNDS[2], BOUNDS[-1]) == (64, 128, 2**20)
    assert [bucket_of(ms) for ms in (0, 64, 65, 2**20, 2**20 + 1)] == [0, 0, 1, 28, 29]


def test_within_a_bucket_it_is_a_straight_line() -> None:
    assert times(100, 100, 120, 120).percentile(50) == 91 + (128 - 91) / 2


def test_the_half_and_the_slow_ones_are_told_apart() -> None:
    many = times(*[200] * 90, *[5000] * 10)
    assert 181 < many.p50 < 256
    assert 4096 < many.p95 < 5793


@pytest.mark.parametrize("ms", [70, 500, 3000, 45_000, 599_999])
def test_it_is_off_by_two_fifths_at_worst(ms: int) -> None:
    assert times(*[ms] * 7).p50 == pytest.approx(ms, rel=0.42)
    assert times(*[ms] * 7).p95 == pytest.approx(ms, rel=0.42)


def test_many_different_times_are_off_by_little() -> None:
    spread = sorted(int(100 * 1.005**step) for step in range(1000))
    assert times(*spread).p50 == pytest.approx(spread[500], rel=0.03)
    assert times(*spread).p95 == pytest.approx(spread[950], rel=0.03)


def test_longer_than_the_last_bound_is_at_least_that() -> None:
    assert times(10**8).p50 == BOUNDS[-1]
