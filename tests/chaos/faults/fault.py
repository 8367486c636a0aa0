"""What a fault is: of one talk, or of the ground on which all talks of a run stand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from tests.chaos.evidence import Asked
from tests.chaos.ground import Ground
from tests.chaos.plays import Delta, Told
from tests.upstream import Gate, Play

if TYPE_CHECKING:
    from tests.chaos.talk import Talk

DONE = frozenset({"done"})

BEFORE_SENDING, BEFORE_HEADERS, HEADERS = "before the send commits", "before the headers", "headers received"
AFTER_SOME, LAST = "after some deltas", "at the last delta"
BEFORE_END, AFTER_END = "before the final write", "after the final write"
POINTS = (BEFORE_SENDING, BEFORE_HEADERS, HEADERS, AFTER_SOME, LAST, BEFORE_END, AFTER_END)


@dataclass(frozen=True)
class Script:
    """What an answer is made of: its deltas, where it waits, and how fast it comes."""

    random: Random
    deltas: tuple[Delta, ...]
    gates: tuple[Gate, ...] = ()
    pause: float = 0.0
    at: int = 0  # the delta before which the point of the fault lies

    def told(self, **changes: object) -> Told:
        return Told(**{"deltas": self.deltas, "gates": self.gates, "pause": self.pause, **changes})  # type: ignore[arg-type]

    def somewhere(self) -> int:
        """The number of a delta that is neither the first, nor beyond the last, nor before the point."""
        last = len(self.deltas) - 1
        return self.random.randint(min(max(self.at, 1), last), last)


@dataclass(frozen=True)
class Fault:
    """Of one talk. `act` comes at its point, `after` when all is settled; `expects` are its honest ends."""

    name: str
    plays: Callable[[Script], tuple[Play, ...]] = lambda script: (script.told(),)
    send: "Callable[[Talk], Asked] | None" = None  # in place of a plain send
    act: "Callable[[Talk], None]" = lambda talk: None
    after: "Callable[[Talk], None]" = lambda talk: None
    expects: frozenset[str] = DONE
    requests: int = 1  # that may reach the upstream
    deletes: bool = False
    own_session: bool = False
    own_user: bool = False
    points: tuple[str, ...] = POINTS  # those that such an answer comes to


@dataclass(frozen=True)
class Upset:
    """Of the ground. `strike` returns when the fault has gone; `victim` is the worker that is hit, or 0: all."""

    name: str
    strike: Callable[[Ground, Random, int], None]
    hits: str = "none"  # "one" worker, or "all"
    shakes: bool = False  # the database
    limit: float = 60.0  # s in which all is to be settled afterwards
    on: frozenset[str] = field(default_factory=lambda: frozenset({"sqlite", "postgresql"}))
