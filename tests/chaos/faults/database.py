"""Faults of the database: locked, cut off, restarted, gone for a while."""

import sqlite3
import time
from contextlib import closing
from random import Random

from tests.chaos.faults.fault import Upset
from tests.chaos.ground import Ground

AWAY = 3.0  # s

SQLITE, POSTGRESQL = frozenset({"sqlite"}), frozenset({"postgresql"})


def lock(ground: Ground, random: Random, victim: int) -> None:
    assert ground.file is not None
    with closing(sqlite3.connect(ground.file, timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(AWAY)  # the fault itself
        other.execute("ROLLBACK")


def cut_connections(ground: Ground, random: Random, victim: int) -> None:
    assert ground.postgres is not None
    for _ in range(random.randint(1, 3)):
        ground.postgres.cut_connections("chaos")


def restart(ground: Ground, random: Random, victim: int) -> None:
    assert ground.postgres is not None
    ground.postgres.restart(random.choice(("fast", "immediate")))


def halt(ground: Ground, random: Random, victim: int) -> None:
    assert ground.postgres is not None
    ground.postgres.halt()
    time.sleep(AWAY)  # the fault itself
    ground.postgres.start()


UPSETS = (
    Upset("SQLite locked for 3 s", lock, on=SQLITE),
    Upset("PostgreSQL connections cut", cut_connections, shakes=True, on=POSTGRESQL),
    Upset("PostgreSQL restarted", restart, shakes=True, on=POSTGRESQL),
    Upset("PostgreSQL gone for 3 s", halt, shakes=True, on=POSTGRESQL),
)
