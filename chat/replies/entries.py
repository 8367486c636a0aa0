"""What the event loop asks the scribe to write."""

import asyncio
from dataclasses import dataclass
from enum import Enum

from chat.replies.live import LiveReply
from chat.usage import Admission, Closing


class Grant(Enum):
    NOW = "now"
    LATER = "later"  # its turn has not come
    NEVER = "never"  # the reply is not ours any more


@dataclass(frozen=True)
class Claim:
    """Queued to running, if its turn has come."""

    live: LiveReply
    granted: asyncio.Future[Grant]


@dataclass(frozen=True)
class Text:
    """The next characters of the reply, beginning at offset `start`."""

    live: LiveReply
    start: int
    text: str


@dataclass(frozen=True)
class Retry:
    """Close the attempt's ledger row and open one for the next; `granted` is never LATER.

    Where a budget does not allow it, `granted` raises OverBudget.
    """

    live: LiveReply
    closing: Closing
    admission: Admission
    granted: asyncio.Future[Grant]


@dataclass(frozen=True)
class End:
    """The end of a reply: the whole text, the state, the ledger row, in one transaction."""

    live: LiveReply
    state: str
    closing: Closing
    finish_reason: str = ""
    error: str = ""  # a plain sentence for the person who asked
    text: str = ""
    html: str = ""  # the text's rendering


Entry = Claim | Text | Retry | End
