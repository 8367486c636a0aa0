"""Faults of processes: workers and whole sites that die, stand still, or are started again."""

import os
import signal
import time
from random import Random

from tests.chaos.faults.fault import Upset
from tests.chaos.ground import Ground
from tests.site import wait_for

STANDS_STILL = 13.0  # s; longer than the silence after which an owner is called dead
RECOVERED = 30.0  # s, where twelve are usual: a busy machine begins to count anew


def kill_worker(ground: Ground, random: Random, victim: int) -> None:
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: victim not in ground.workers, "the worker to be gone")
    ground.wait_until_whole()


def kill_all(ground: Ground, random: Random, victim: int) -> None:
    ground.site.kill()
    ground.site.start()
    ground.wait_until_whole()


def stop_and_go_on(ground: Ground, random: Random, victim: int) -> None:
    os.kill(victim, signal.SIGSTOP)
    time.sleep(STANDS_STILL)  # the fault itself
    os.kill(victim, signal.SIGCONT)
    ground.wait_until_whole()


def rolling_restart(ground: Ground, random: Random, victim: int) -> None:
    before = set(ground.workers)
    os.kill(ground.site.pid, signal.SIGHUP)
    wait_for(lambda: not before & set(ground.workers), "the old workers to be gone")
    ground.wait_until_whole()


def terminate(ground: Ground, random: Random, victim: int) -> None:
    status = ground.site.stop()
    assert status == 0, f"SIGTERM ended with {status}"
    ground.site.start()
    ground.wait_until_whole()


KILLS = (
    Upset("SIGKILL of a worker", kill_worker, hits="one", limit=RECOVERED),
    Upset("SIGKILL of all", kill_all, hits="all", limit=RECOVERED),
)
OTHERS = (
    Upset("SIGSTOP for 13 s", stop_and_go_on, hits="one"),
    Upset("SIGHUP", rolling_restart, hits="all"),
    Upset("SIGTERM and start", terminate, hits="all"),
)
