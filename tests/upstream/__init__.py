"""The scripted upstream: `upstream.play(Answer("Hello"))`, then look at `upstream.record()`.

In a test: the fixture `upstream`. As a process: `python -m tests.upstream --port 9001`.
"""

from collections.abc import Iterator

import pytest

from tests.upstream.answers import Answer, Cut, Gate, Reset, Silence
from tests.upstream.events import MODEL, UPSTREAM_ID, event, text_event, usage_event
from tests.upstream.journal import Record
from tests.upstream.plays import Completion, Html, Play, Raw, Status, Stream
from tests.upstream.server import Upstream, running
from tests.upstream.steering import lorem, steered

__all__ = [
    "MODEL",
    "UPSTREAM_ID",
    "Answer",
    "Completion",
    "Cut",
    "Gate",
    "Html",
    "Play",
    "Raw",
    "Record",
    "Reset",
    "Silence",
    "Status",
    "Stream",
    "Upstream",
    "event",
    "lorem",
    "running",
    "steered",
    "text_event",
    "upstream",
    "usage_event",
]


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A scripted upstream of this test's own, gone with it."""
    with running(Upstream()) as scripted:
        yield scripted
