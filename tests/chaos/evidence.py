"""What a run leaves behind for the rules to judge: plain facts, without any connection to a running site."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.chaos.plays import tag_of
from tests.upstream import Completion, Html, Record, Status

OPEN = ("queued", "running")


@dataclass(frozen=True)
class Request:
    """P: one request that reached the upstream, and what was written to it."""

    tag: str
    request_id: str
    text: str = ""
    finish: str | None = None
    usage: tuple[int, int] | None = None
    answered: bool = True  # at least the headers of a 200
    ended: bool = True  # written to its end, or closed by the other side
    turns: tuple[tuple[str, str], ...] = ()  # (role, content) as they were received

    @classmethod
    def of(cls, record: Record) -> "Request":
        refused = isinstance(record.play, Status)
        messages = record.body.get("messages", []) if isinstance(record.body, dict) else []
        return cls(
            tag_of(record),
            record.headers.get("x-client-request-id", "").replace("-", ""),
            record.text,
            record.finish,
            record.usage,
            record.bytes_written > 0 and not refused,
            record.ended.is_set() or isinstance(record.play, Completion | Html | Status),
            tuple((message.get("role", ""), message.get("content", "")) for message in messages),
        )


@dataclass(frozen=True)
class StoredReply:
    """D: a reply with its message; of an open one the text is that of its chunks."""

    tag: str
    id: int
    send_id: str
    state: str
    finish_reason: str = ""
    text: str = ""
    begun_with: int = 0
    chunks: int = 0


@dataclass(frozen=True)
class StoredCall:
    """D: a row of the ledger."""

    tag: str
    reply_id: int | None
    request_id: str
    status: str
    usage_source: str
    prompt_tokens: int | None
    completion_tokens: int | None
    reserved_tokens: int
    error: str = ""


@dataclass(frozen=True)
class Stored:
    """D: every row of the run's talks. `conversations` are those that stand, with whether they are deleted."""

    conversations: dict[str, list[bool]] = field(default_factory=dict)  # by tag
    questions: list[tuple[str, str]] = field(default_factory=list)  # (tag, text)
    replies: list[StoredReply] = field(default_factory=list)
    calls: list[StoredCall] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """A message, a Regenerate or a Continue that a browser sent. `answers` are all statuses that it got."""

    send_id: str
    text: str = ""  # empty unless it is a message
    accepted: bool = False
    answers: tuple[int, ...] = ()
    places: frozenset[str] = frozenset()  # where the answers led
    other_text: int = 0  # the status of the same send_id with another text; 0: not tried


@dataclass(frozen=True)
class Look:
    """B beside D: the words that a browser had been sent, and the text that was stored right after that."""

    reply_id: int
    shown: frozenset[str]
    stored: str


@dataclass(frozen=True)
class Ending:
    """B: the source in a reader's last frame, and the text that is stored."""

    reply_id: int
    source: str
    stored: str


@dataclass
class Case:
    """One talk of a run, as the rules see it."""

    tag: str
    fault: str  # its own
    expects: frozenset[str]  # states that its own fault may end in
    text: str  # the whole answer, if nothing happens to it
    most_requests: int = 1
    upset: bool = False  # there is a fault of the ground
    hit: bool = False  # by a fault of its process
    shaken: bool = False  # by a fault of the database
    deleted: bool = False
    purged: bool = False
    stopped: bool = False  # somebody pressed Stop, or deleted it
    asked: list[Asked] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    late: list[str] = field(default_factory=list)  # what did not happen in its time
    still_asked: list[str] = field(default_factory=list)  # requests that went on after a Stop or a delete


@dataclass
class Evidence:
    """`seconds` from the end of the fault until everything was settled; at most `limit` of them."""

    cases: list[Case]
    requests: list[Request]
    stored: Stored
    seconds: float = 0.0
    limit: float = 60.0

    def replies_of(self, case: Case) -> list[StoredReply]:
        return [reply for reply in self.stored.replies if reply.tag == case.tag]

    def calls_of(self, case: Case) -> list[StoredCall]:
        return [call for call in self.stored.calls if call.tag == case.tag]

    def requests_of(self, case: Case) -> list[Request]:
        return [request for request in self.requests if request.tag == case.tag]

    def told_to(self, reply: StoredReply) -> list[Request]:
        """The requests that were made for this reply, in their order."""
        ids = {call.request_id for call in self.stored.calls if call.reply_id == reply.id}
        return [request for request in self.requests if request.request_id in ids]


def counted(items: Iterable[object]) -> str:
    return ", ".join(str(item) for item in items) or "nothing"
