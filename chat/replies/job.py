"""What the web side hands to the event loop when a reply begins."""

from dataclasses import dataclass, replace
from uuid import UUID

from chat.llm import ChatRequest
from chat.usage import Admission


@dataclass(frozen=True, kw_only=True)
class Job:
    """`request` asks for no longer an answer than the budgets leave; `admission` says what was wanted.

    `call_id` and `request_id` are those of the first attempt; a retry opens a ledger row of its own.
    """

    reply_id: int
    call_id: int
    request_id: UUID
    admission: Admission
    request: ChatRequest
    begun: str = ""  # the text that this continues


def limited(request: ChatRequest, max_tokens: int | None) -> ChatRequest:
    """The same for an answer of at most so many tokens."""
    return replace(request, parameters=replace(request.parameters, max_tokens=max_tokens))
