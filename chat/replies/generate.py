"""Ask the model and pass on what it says; everything that is stored goes through the scribe."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from chat.llm import ChatRequest, Chunk, ContextTooLong, ModelError, ModelGone, Usage, delay
from chat.models import CallStatus, ReplyState
from chat.replies.entries import Claim, End, Retry, Text
from chat.replies.live import Cut, LiveReply
from chat.replies.prompt import shorten
from chat.usage import Closing

if TYPE_CHECKING:
    from chat.replies.process import Process

log = logging.getLogger(__name__)
random = Random()  # noqa: S311 - jitter, not a secret

UNEXPECTED = "Something went wrong inside Parley. The administrator finds the reason in the log."
OFFERED = 5  # models named when one is gone
ENDED_EARLY = "The server was stopped before the answer began."


@dataclass
class Attempt:
    """What one upstream request has given so far."""

    began: float = field(default_factory=time.monotonic)
    sent: bool = False
    answered: bool = False
    first_text: float | None = None
    finish_reason: str = ""
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    upstream_id: str = ""

    def note(self, chunk: Chunk) -> None:
        self.answered = True
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.usage = chunk.usage or self.usage
        self.model = self.model or chunk.model or ""
        self.upstream_id = self.upstream_id or chunk.upstream_id or ""
        if chunk.text and self.first_text is None:
            self.first_text = time.monotonic()

    def closing(self, status: str, *, characters: int = 0, error: ModelError | None = None) -> Closing:
        return Closing(
            status=status,
            # A provider may bill for a request that was cut before its first byte: estimate, never zero.
            answered=self.answered or (self.sent and error is None),
            completion_characters=characters,
            prompt_tokens=self.usage.prompt_tokens,
            completion_tokens=self.usage.completion_tokens,
            cost_nano_usd=self.usage.cost_nano_usd,
            model_answered=self.model,
            http_status=error.http_status if error else 200 if self.answered else None,
            error=error.code if error else "",
            error_detail=error.detail if error else "",
            ttft_ms=_ms(self.first_text - self.began) if self.first_text else None,
            duration_ms=_ms(time.monotonic() - self.began) if self.sent else None,
            upstream_id=self.upstream_id,
        )


async def generate(process: "Process", live: LiveReply) -> None:
    """The whole life of a reply in the event loop. Its end is always put to the scribe, however it comes."""
    parts: list[str] = []
    attempt = Attempt()
    try:
        async with process.turns.turn(live):
            await _granted(process, partial(Claim, live))
            request, retries = live.job.request, 0
            while True:
                attempt = Attempt(sent=True)
                try:
                    await _stream(process, live, request, attempt, parts)
                    break
                except ModelError as error:
                    again = None if parts else _again(request, error, retries)
                    if again is None:
                        raise
                    closing = attempt.closing(CallStatus.FAILED, error=error)
                    attempt = Attempt()
                    await _granted(process, partial(Retry, live, closing))
                    request, pause = again
                    retries += 1
                    await asyncio.sleep(pause)
        end = _done(live, attempt, parts)
    except asyncio.CancelledError:
        end = _cut(live, attempt, parts)
    except ModelError as error:
        end = _broken(live, attempt, parts, error, sentence=await _sentence(process, error))
    except Exception:
        log.exception("Reply %d ended by an error of our own", live.reply_id)
        end = _failed(live, attempt, parts)
    process.scribe.put(end, urgent=True)


def _again(request: ChatRequest, error: ModelError, retries: int) -> tuple[ChatRequest, float] | None:
    """What to ask next and after how many seconds; None when asking again is of no use."""
    if isinstance(error, ContextTooLong):
        shorter = shorten(request.messages)
        once = retries == 0 and len(shorter) < len(request.messages)
        return (replace(request, messages=shorter), 0.0) if once else None
    pause = delay(error, retries, random)
    return None if pause is None else (request, pause)


async def _stream(
    process: "Process", live: LiveReply, request: ChatRequest, attempt: Attempt, parts: list[str]
) -> None:
    async with process.client.stream(request, request_id=str(live.request_id)) as batches:
        async for chunks in batches:
            for chunk in chunks:
                attempt.note(chunk)
            text = "".join([chunk.text for chunk in chunks])
            if text:
                process.scribe.put(Text(live, live.written, text), urgent=not parts)
                parts.append(text)
                live.written += len(text)


async def _granted(process: "Process", entry_for: Callable[["asyncio.Future[bool]"], Claim | Retry]) -> None:
    """Wait for the commit; without the grant the reply is lost, and ends like a cancelled one."""
    granted = asyncio.get_running_loop().create_future()
    process.scribe.put(entry_for(granted), urgent=True)
    if not await granted:
        raise asyncio.CancelledError


def _done(live: LiveReply, attempt: Attempt, parts: list[str]) -> End:
    return End(
        live,
        "".join(parts),
        ReplyState.DONE,
        attempt.closing(CallStatus.DONE, characters=live.written),
        finish_reason=attempt.finish_reason,
    )


def _cut(live: LiveReply, attempt: Attempt, parts: list[str]) -> End:
    """Stopped by somebody, by a delete, or by the end of the process."""
    if live.cut is not Cut.ENDING:
        state, status, error = ReplyState.STOPPED, CallStatus.STOPPED, ""
    elif parts:
        state, status, error = ReplyState.INTERRUPTED, CallStatus.INTERRUPTED, ""
    else:
        state, status, error = ReplyState.FAILED, CallStatus.INTERRUPTED, ENDED_EARLY
    return End(live, "".join(parts), state, attempt.closing(status, characters=live.written), error=error)


async def _sentence(process: "Process", error: ModelError) -> str:
    """The error's own; where a model is gone also what is on offer instead."""
    if not isinstance(error, ModelGone):
        return error.sentence
    offered = [model for model in await process.client.models() if model not in error.sentence]
    return f"{error.sentence} On offer: {', '.join(offered[:OFFERED])}." if offered else error.sentence


def _broken(live: LiveReply, attempt: Attempt, parts: list[str], error: ModelError, *, sentence: str) -> End:
    """The model's side ended it: with text it is interrupted, without it failed."""
    state = ReplyState.INTERRUPTED if parts else ReplyState.FAILED
    status = CallStatus.INTERRUPTED if parts else CallStatus.FAILED
    closing = attempt.closing(status, characters=live.written, error=error)
    return End(live, "".join(parts), state, closing, error=sentence)


def _failed(live: LiveReply, attempt: Attempt, parts: list[str]) -> End:
    state = ReplyState.INTERRUPTED if parts else ReplyState.FAILED
    closing = attempt.closing(CallStatus.FAILED, characters=live.written)
    return End(live, "".join(parts), state, closing, error=UNEXPECTED)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
