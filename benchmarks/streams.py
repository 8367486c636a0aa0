"""Parley beside a bare pass-through of the same upstream, in turn; README.md says how to read the figures."""

import argparse
import asyncio
import os
import platform
import sys
import time
from importlib.metadata import version

from benchmarks.load import Phase, run
from benchmarks.processes import Process, control, upstream
from benchmarks.report import IDLE_MB, print_comparison, print_quiet
from benchmarks.sides import Control, Parley, Side
from benchmarks.site import log_in, start_site, wrong_replies
from benchmarks.text import SHORT, TEXT

USERS = 20
WARM_UP = 5
QUIET = 40  # short replies, one after the other, before the load


def main() -> int:
    """The exit status: 0 when every reply came whole and the idle worker is small enough."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streams", description=__doc__)
    parser.add_argument("--streams", type=int, nargs="+", default=[50, 200], help="replies at once")
    parser.add_argument("--rounds", type=int, default=2, help="how often control and Parley take turns")
    parser.add_argument("--rate", type=float, default=25.0, help="tokens a second and stream")
    parser.add_argument("--sends", type=float, default=20.0, help="new conversations a second")
    options = parser.parse_args()
    print_machine()
    with upstream(options.rate) as (upstream_process, base), control(base) as (control_worker, control_url):
        site = start_site(base)
        try:
            worker = Process(site.pid).worker()
            idle = worker.resident()
            sides: list[Side] = [
                Control(control_worker, control_url),
                Parley(worker, site.url, log_in(USERS)),
            ]
            print(
                f"web worker, idle: {idle:.0f} MB (at most {IDLE_MB}); {control_worker.resident():.0f} MB control"
            )
            for side in sides:
                asyncio.run(run(side, SHORT, streams=WARM_UP, sends_a_second=1.0))
            quiet = [asyncio.run(run(side, SHORT, streams=QUIET, sends_a_second=4.0)) for side in sides]
            print_quiet(quiet)
            broken = sum(phase.broken for phase in quiet)
            for streams in options.streams:
                shares = Shares(load=Process(os.getpid()), upstream=upstream_process)
                rounds = [in_turn(sides, streams, options.sends) for _ in range(options.rounds)]
                print_comparison(rounds, rate=options.rate)
                print(f"  busy: {shares}")
                broken += sum(phase.broken for phases in rounds for phase in phases)
            wrong = wrong_replies([TEXT, SHORT])
            print(
                f"\nreplies that broke off: {broken}; replies in the history that are not the upstream's: {wrong}"
            )
        finally:
            site.stop()
    return int(bool(broken or wrong or idle >= IDLE_MB))


def in_turn(sides: list[Side], streams: int, sends: float) -> list[Phase]:
    return [asyncio.run(run(side, TEXT, streams=streams, sends_a_second=sends)) for side in sides]


class Shares:
    """How much of a core other processes took since this was made; near 100 % they would be the bottleneck."""

    def __init__(self, **processes: Process) -> None:
        self._began = time.monotonic()
        self._before = {name: (process, process.cpu()) for name, process in processes.items()}

    def __str__(self) -> str:
        seconds = time.monotonic() - self._began
        shares = {name: (process.cpu() - cpu) / seconds for name, (process, cpu) in self._before.items()}
        return ", ".join(f"{name} {share:.0%} of a core" for name, share in shares.items())


def print_machine() -> None:
    parts = ", ".join(
        f"{name} {version(name)}" for name in ("django", "gunicorn", "uvloop", "starlette", "aiohttp")
    )
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Python {platform.python_version()}, {parts}")
    print(f"load average before: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    sys.exit(main())
