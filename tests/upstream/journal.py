"""What the scripted upstream received and wrote, one record a request."""

import threading
from dataclasses import dataclass, field
from time import monotonic
from typing import Any


@dataclass
class Record:
    """One request and what became of it; written by the server's thread, read by the test's.

    `closed` is set when the client hung up before the play was over, `ended` when the play is over for
    whatever reason. Times are monotonic seconds.
    """

    number: int
    connection: int
    method: str
    path: str
    headers: dict[str, str]
    body: Any = None
    query: str = ""
    peer: int = 0  # the client's port
    play: Any = None
    deltas: list[str] = field(default_factory=list)
    bytes_written: int = 0
    usage: tuple[int, int] | None = None
    finish: str | None = None
    began_at: float = field(default_factory=monotonic)
    closed_at: float | None = None
    closed: threading.Event = field(default_factory=threading.Event, repr=False)
    ended: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def text(self) -> str:
        """The deltas written so far, joined."""
        return "".join(self.deltas)

    @property
    def prompt(self) -> str:
        """The text of the last user message, or ""."""
        messages = self.body.get("messages", []) if isinstance(self.body, dict) else []
        turns = [message["content"] for message in messages if message.get("role") == "user"]
        return turns[-1] if turns and isinstance(turns[-1], str) else ""

    def summary(self) -> dict[str, Any]:
        """The record as JSON, for the process's GET /journal."""
        return {
            "number": self.number,
            "path": self.path,
            "headers": self.headers,
            "body": self.body,
            "text": self.text,
            "usage": self.usage,
            "finish": self.finish,
            "closed": self.closed.is_set(),
            "ended": self.ended.is_set(),
        }
