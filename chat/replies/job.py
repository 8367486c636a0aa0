"""What the web side hands to the event loop when a reply begins."""

from dataclasses import dataclass
from uuid import UUID

from chat.llm import ChatRequest
from chat.usage import Admission


@dataclass(frozen=True, kw_only=True)
class Job:
    """`call_id` and `request_id` are those of the first attempt; a retry opens a ledger row of its own."""

    reply_id: int
    call_id: int
    request_id: UUID
    admission: Admission
    request: ChatRequest
    begun: str = ""  # the text that this continues
