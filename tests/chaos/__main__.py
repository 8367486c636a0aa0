"""`python -m tests.chaos --runs 50 --seed 1`: runs on each configuration at the same time, and a table."""

import argparse
import shutil
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from tests.chaos.ground import CONFIGURATIONS, prepared
from tests.chaos.run import Verdict, carry_out, draw
from tests.chaos.table import table
from tests.postgres import is_installed

_lock = threading.Lock()


def say(line: str) -> None:
    with _lock:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def seeds(seed: int, runs: int) -> list[int]:
    """The seeds of the runs, each of which can be replayed by itself."""
    return [Random(f"{seed}/{number}").getrandbits(32) for number in range(runs)]


def run_all(configuration: str, run_seeds: list[int]) -> list[Verdict]:
    verdicts = []
    home = Path(tempfile.mkdtemp(prefix=f"parley-chaos-{configuration}-"))
    with prepared(configuration, home) as ground:
        for number, seed in enumerate(run_seeds, 1):
            began = time.monotonic()
            verdict = carry_out(ground, draw(seed, configuration))
            verdicts.append(verdict)
            took = time.monotonic() - began
            name = f"{configuration} {number}/{len(run_seeds)} seed {seed}"
            say(f"{name}: {verdict.plan.upset.name}; settled in {verdict.seconds:.1f} s of {took:.1f} s")
            if verdict.broken:
                complain(configuration, verdict)
    if any(verdict.broken for verdict in verdicts):
        say(f"{configuration}: the log is {home / 'output.log'}")
    else:
        shutil.rmtree(home)
    return verdicts


def run_or_tell(configuration: str, run_seeds: list[int]) -> list[Verdict]:
    """As run_all; a configuration that cannot go on says so at once, and not when all others have ended."""
    try:
        return run_all(configuration, run_seeds)
    except BaseException:
        say(f"{configuration} cannot go on:\n{traceback.format_exc()}")
        raise


def complain(configuration: str, verdict: Verdict) -> None:
    lines = [f"BROKEN on {configuration}, seed {verdict.plan.seed}, fault: {verdict.plan.upset.name}"]
    lines += [
        f"  {talk.tag}: {talk.fault.name}, {talk.point}{'' if talk.gate else ', flowing'}"
        for talk in verdict.plan.talks
    ]
    lines += [f"  rule {rule}: {sentence}" for rule, found in verdict.broken.items() for sentence in found]
    lines.append(f"  replay: python -m tests.chaos --on {configuration} --replay {verdict.plan.seed}")
    say("\n".join(lines))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=50, help="on each configuration")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", default=",".join(CONFIGURATIONS), help="configurations, with commas")
    parser.add_argument("--replay", type=int, help="the seed of one run")
    options = parser.parse_args()
    wanted = options.on.split(",")
    if unknown := set(wanted) - set(CONFIGURATIONS):
        parser.error(f"no such configuration: {', '.join(sorted(unknown))}")
    if not is_installed() and any(name.startswith("postgresql") for name in wanted):
        say("PostgreSQL is not installed: nothing is run on it.")
        wanted = [name for name in wanted if not name.startswith("postgresql")]
    run_seeds = [options.replay] if options.replay is not None else seeds(options.seed, options.runs)
    with ThreadPoolExecutor(len(wanted)) as pool:
        verdicts = [
            verdict for found in pool.map(lambda on: run_or_tell(on, run_seeds), wanted) for verdict in found
        ]
    say(table(verdicts))
    say(f"\nThe longest time until all was settled: {max(verdict.seconds for verdict in verdicts):.1f} s.")
    return int(any(verdict.broken for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
