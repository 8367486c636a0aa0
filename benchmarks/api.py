"""Parley's API beside a bare pass-through of the same upstream, in turn; see README.md."""

import argparse
import asyncio
import sys

from benchmarks.load import run
from benchmarks.processes import Process, control, upstream
from benchmarks.report import print_comparison
from benchmarks.sides import Api, Control, Side
from benchmarks.site import key_of_a_user, start_site
from benchmarks.streams import WARM_UP, in_turn, print_machine
from benchmarks.text import SHORT


def main() -> int:
    """The exit status: 0 when every answer came whole."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api", description=__doc__)
    parser.add_argument("--streams", type=int, default=50, help="answers at once")
    parser.add_argument("--rounds", type=int, default=2, help="how often control and API take turns")
    parser.add_argument("--rate", type=float, default=25.0, help="tokens a second and stream")
    options = parser.parse_args()
    print_machine()
    with upstream(options.rate) as (_, base), control(base) as (control_worker, control_url):
        site = start_site(base)
        try:
            worker = Process(site.pid).worker()
            sides: list[Side] = [
                Control(control_worker, control_url),
                Api(worker, site.url, key_of_a_user()),
            ]
            for side in sides:
                asyncio.run(run(side, SHORT, streams=WARM_UP, sends_a_second=1.0))
            rounds = [in_turn(sides, options.streams, 20.0) for _ in range(options.rounds)]
            print_comparison(rounds, rate=options.rate)
            broken = sum(phase.broken for phases in rounds for phase in phases)
            print(f"answers that broke off: {broken}")
        finally:
            site.stop()
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
