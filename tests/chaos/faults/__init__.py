"""Every fault, by its kind: those of one talk, and those of the ground under all talks of a run."""

from tests.chaos.faults import browser, database, process, upstream, user
from tests.chaos.faults.fault import Fault, Upset

NONE = Fault("none")
CALM = Upset("none", lambda ground, random, victim: None)
OWN: tuple[Fault, ...] = (*browser.FAULTS, *user.FAULTS, *upstream.FAULTS)
UPSETS: tuple[Upset, ...] = (*process.KILLS, *process.OTHERS, *database.UPSETS)

__all__ = ["CALM", "NONE", "OWN", "UPSETS", "Fault", "Upset", "database", "process"]
