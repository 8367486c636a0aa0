"""A conversation outside of the database: what every format is read into and written from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

MOST_MESSAGES = 20_000  # of one conversation


@dataclass(frozen=True, kw_only=True)
class ReplyRecord:
    """How an answer came about; what is unknown is None, or empty."""

    state: str
    finish_reason: str = ""
    model: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    usage_source: str = "none"
    cost_usd: float | None = None
    error: str = ""
    id: int | None = field(default=None, compare=False)  # where it was read; no writer keeps it


@dataclass(frozen=True, kw_only=True)
class MessageRecord:
    """One turn; `id` and `parent` are numbers that mean something in this record alone."""

    id: int
    parent: int | None
    role: str
    text: str
    created_at: datetime
    reply: ReplyRecord | None = None  # of an assistant's message, always


@dataclass(frozen=True, kw_only=True)
class ConversationRecord:
    """A whole tree, or a branch of it; every message comes after its parent."""

    uuid: UUID
    title: str
    model: str  # empty: the site's own
    settings: Mapping[str, object]
    created_at: datetime
    updated_at: datetime
    messages: tuple[MessageRecord, ...]
    pinned: bool = False
    archived: bool = False
    folder: str = ""
    leaf: int | None = None  # the message that ends the branch chosen last
    id: int | None = field(default=None, compare=False)  # where it was read; no writer keeps it
