"""What one upstream request has given so far, and how its ledger row is closed by that."""

import time
from dataclasses import dataclass, field

from chat.llm import Chunk, ModelError, Refused, TimedOut, Unreachable, Usage
from chat.usage.close import Closing


@dataclass
class Attempt:
    """Times are monotonic seconds."""

    began: float = field(default_factory=time.monotonic)
    sent: bool = False
    accepted: bool = False  # the provider began to answer
    first_text: float | None = None
    finish_reason: str = ""
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    upstream_id: str = ""

    def note(self, chunk: Chunk) -> None:
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.usage = chunk.usage or self.usage
        self.model = self.model or chunk.model or ""
        self.upstream_id = self.upstream_id or chunk.upstream_id or ""
        if chunk.text and self.first_text is None:
            self.first_text = time.monotonic()

    def closing(self, status: str, *, characters: int = 0, error: ModelError | None = None) -> Closing:
        """Of a request that went out and was not refused something may be billed: estimate, never zero."""
        http_status = 200 if self.accepted else None
        return Closing(
            status=status,
            answered=self.accepted or (self.sent and not _is_free(error)),
            asked=self.sent,
            completion_characters=characters,
            prompt_tokens=self.usage.prompt_tokens,
            completion_tokens=self.usage.completion_tokens,
            cost_nano_usd=self.usage.cost_nano_usd,
            model_answered=self.model,
            http_status=(error and error.http_status) or http_status,
            error=error.code if error else "",
            error_detail=error.detail if error else "",
            ttft_ms=_ms(self.first_text - self.began) if self.first_text else None,
            duration_ms=_ms(time.monotonic() - self.began) if self.sent else None,
            upstream_id=self.upstream_id,
        )


def _is_free(error: ModelError | None) -> bool:
    """Whether the provider said, or cannot have known, that there was something to answer."""
    refused = isinstance(error, TimedOut) and error.http_status is not None
    unsent = isinstance(error, Unreachable) and not error.sent
    return refused or unsent or isinstance(error, Refused)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
