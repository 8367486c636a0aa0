"""The figures of a run, as lines of text."""

from collections.abc import Sequence
from math import isnan, nan

from benchmarks.load import Phase
from benchmarks.text import TEXT
from tests.upstream.answers import deltas_of

IDLE_MB = 130
SHORTEST = 2.0  # s during which all streams ran; a round with less says nothing about a token
TOKENS = len(list(deltas_of(TEXT)))


def print_quiet(phases: Sequence[Phase]) -> None:
    """One short reply after the other, on a site that does nothing else."""
    first = [_first_texts([phase]) for phase in phases]
    print(f"\n{phases[0].streams} short replies, one after the other")
    _heads()
    _line("first text, p50", [_at(times, 50) for times in first], "ms", added=True)
    _line("first text, p95", [_at(times, 95) for times in first], "ms", added=True)
    _line("CPU a reply", [phase.cpu / phase.streams * 1e3 for phase in phases], "ms")


def print_comparison(rounds: Sequence[Sequence[Phase]], *, rate: float) -> None:
    """`rounds` of [control, Parley]: means over the rounds, and the ratio of each."""
    sides = list(zip(*rounds, strict=True))
    streams = sides[0][0].streams
    print(f"\n{streams} streams, {TOKENS} tokens each, {rate:g} a second, {len(rounds)} rounds")
    _heads()
    costs = [[_cost_of_a_token(phase, rate) for phase in side] for side in sides]
    _line("CPU a token", [_mean(cost) for cost in costs], "µs")
    ratios = [parley / control for control, parley in zip(*costs, strict=True)]
    print(
        f"  {'Parley : control':28}{_mean(ratios):20.2f}   ({', '.join(f'{ratio:.2f}' for ratio in ratios)})"
    )
    _line("CPU a reply, all in all", [_mean([p.cpu / streams * 1e3 for p in side]) for side in sides], "ms")
    first = [_first_texts(side) for side in sides]
    _line("first text, p50", [_at(times, 50) for times in first], "ms", added=True)
    _line("first text, p95", [_at(times, 95) for times in first], "ms", added=True)
    size = len(TEXT.encode())
    received = [_mean([seen.received / size for phase in side for seen in phase.seen]) for side in sides]
    _line("bytes received : text", received, "")
    _line("web worker's peak", [max(phase.peak for phase in side) for side in sides], "MB")
    windows = ", ".join(f"{phase.window:.1f}" for phase in sides[1])
    print(f"  {'all streams at once for':28}{windows:>20} s   (a round below {SHORTEST:g} s is not counted)")


def _heads() -> None:
    print(f"  {'':28}{'control':>10}{'Parley':>10}")


def _line(name: str, values: Sequence[float], unit: str, *, added: bool = False) -> None:
    control, parley = values
    digits = 2 if not unit else 0 if unit == "MB" else 1
    more = f"   (+{parley - control:.1f} {unit})" if added else ""
    print(f"  {name:28}{control:10.{digits}f}{parley:10.{digits}f} {unit}{more}")


def _cost_of_a_token(phase: Phase, rate: float) -> float:
    """µs of CPU of the web worker, while all streams ran; NaN when they did so too shortly."""
    if phase.window < SHORTEST:
        return nan
    return phase.window_cpu / (phase.streams * rate * phase.window) * 1e6


def _first_texts(phases: Sequence[Phase]) -> list[float]:
    """ms, sorted."""
    return sorted(seen.first_text * 1e3 for phase in phases for seen in phase.seen)


def _at(values: Sequence[float], percent: int) -> float:
    return values[min(len(values) * percent // 100, len(values) - 1)]


def _mean(values: Sequence[float]) -> float:
    """Of the rounds that count."""
    counted = [value for value in values if not isnan(value)]
    return sum(counted) / len(counted) if counted else nan
