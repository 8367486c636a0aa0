"""The process that keeps the embedded model running: `python -m chat.local_model.supervisor`.

Its standard input is the model's port, bound and never listened on; being open is all it is for.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import NoReturn

from chat.local_model.parent import end_with

STEADY_SECONDS = 60.0  # a model that lived so long did not die of its start
LONGEST_PAUSE = 60.0


def main() -> None:
    parent, *model_arguments = sys.argv[1:]
    end_with(int(parent))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keep([sys.executable, "-P", "-m", "chat.local_model.server", str(os.getpid()), *model_arguments])


def keep(command: list[str]) -> NoReturn:
    """Run the model for ever. Must be called from the main thread, to which the kernel ties the model."""
    quick_ends = 0
    while True:
        started = time.monotonic()
        status = run(command)
        lived = time.monotonic() - started
        quick_ends = 1 if lived >= STEADY_SECONDS else quick_ends + 1
        pause = pause_before_restart(quick_ends)
        say(f"ended with status {status} after {lived:.0f} s; starting it again in {pause:.0f} s")
        time.sleep(pause)


def run(command: list[str]) -> int:
    """Run the model once, pass on what it prints, and return its exit status (negative: the signal)."""
    model = subprocess.Popen(  # nosec B603 # our own module
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        for line in model.stdout or ():
            say(line.rstrip())
        return model.wait()
    finally:
        model.kill()
        model.wait()


def pause_before_restart(quick_ends: int) -> float:
    """Seconds to wait after so many ends in a row: none after the first, then doubling up to a minute."""
    return 0.0 if quick_ends <= 1 else min(2.0 ** (quick_ends - 2), LONGEST_PAUSE)


def say(line: str) -> None:
    # A terminal that went away is no reason to end the model.
    with contextlib.suppress(OSError):
        sys.stderr.write(f"embedded model: {line}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    main()
