"""All lines of a process: a mail does not wait behind an import."""

import time
from collections.abc import Mapping
from typing import Optional

from chat.jobs.line import Line
from chat.jobs.work import Work

LAST = 5.0  # s that jobs get to stop when their process ends; a mail server may say nothing for longer

_current: Optional["Runner"] = None


def wake(kind: str) -> None:
    """Tell this process, where its runner is open, that such a job waits; others see it at their next look."""
    if _current is not None:
        _current.wake(kind)


class Runner:
    """One thread, and one job at a time, for each kind that it was given the work of."""

    def __init__(self, kinds: Mapping[str, type[Work]]) -> None:
        self._lines = {kind: Line(kind, work) for kind, work in kinds.items()}

    @classmethod
    def open(cls, kinds: Mapping[str, type[Work]]) -> "Runner":
        global _current
        _current = runner = cls(kinds)
        for line in runner._lines.values():
            line.open()
        return runner

    def wake(self, kind: str) -> None:
        if kind in self._lines:
            self._lines[kind].wake()

    def close(self) -> None:
        """Leave what is running to others. Safe to repeat."""
        global _current
        if _current is self:
            _current = None
        for line in self._lines.values():
            line.end()
        deadline = time.monotonic() + LAST
        for line in self._lines.values():
            line.close(max(deadline - time.monotonic(), 0))
