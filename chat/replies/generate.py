"""Ask the model and pass on what it says; everything that is stored goes through the scribe."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import SystemRandom
from typing import TYPE_CHECKING

from chat.llm import ChatRequest, ContextTooLong, ModelError, SystemRoleRefused, delay
from chat.models import CallStatus
from chat.replies import ends
from chat.replies.entries import Claim, End, Grant, Retry, Text
from chat.replies.job import limited
from chat.replies.live import LiveReply
from chat.replies.prompt import characters_of, newer_half
from chat.replies.system import has_system, without_system
from chat.usage import Attempt, OverBudget

if TYPE_CHECKING:
    from chat.replies.process import Process

log = logging.getLogger(__name__)
random = SystemRandom()


class Unstored(Exception):
    """The database has taken nothing for so long that no more text can be kept in memory."""


async def generate(process: "Process", live: LiveReply) -> None:
    """The whole life of a reply in the event loop. Its end is always put to the scribe, however it comes."""
    live.attempt = Attempt()
    try:
        await _claim(process, live)
        await _ask(process, live)
        end = ends.done(live, live.attempt)
    except asyncio.CancelledError:
        end = ends.cut(live, live.attempt)
    except ModelError as error:
        log.warning("Reply %d: %s, status %s", live.reply_id, error.code, error.http_status)
        end = ends.broken(live, live.attempt, error, await ends.sentence_of(error, process.client))
    except OverBudget as refusal:
        end = ends.refused(live, refusal.sentence)
    except Unstored:
        end = ends.unstored(live, live.attempt)
    except Exception:
        log.exception("Reply %d ended by an error of our own", live.reply_id)
        end = ends.failed(live, live.attempt)
    await put_end(process, end)


async def put_end(process: "Process", end: End) -> None:
    text = "".join(end.live.parts)
    process.scribe.put(replace(end, text=text, html=await ends.rendered(text)), urgent=True)


async def _claim(process: "Process", live: LiveReply) -> None:
    """Wait until the reply's turn has come and is committed."""
    while await _granted(process, live, partial(Claim, live)) is Grant.LATER:
        await live.turn()


async def _ask(process: "Process", live: LiveReply) -> None:
    """Ask until there is an answer, each time as a ledger row of its own; raises what ends it."""
    request, retries, shortened, plain = live.job.request, 0, False, False
    while True:
        live.attempt = Attempt(sent=True)
        try:
            allowed = limited(request, live.max_tokens)
            return await _stream(process, live, without_system(allowed) if plain else allowed)
        except ModelError as error:
            if live.given:
                raise  # after text has arrived nothing is asked again by itself
            if isinstance(error, ContextTooLong) and not shortened and _can_be_shorter(live, request):
                request, pause, shortened = _shorter(request), 0.0, True
            elif isinstance(error, SystemRoleRefused) and not plain and has_system(request):
                pause, plain = 0.0, True
            elif (wait := delay(error, retries, random)) is not None:
                pause, retries = wait, retries + 1
            else:
                raise
            closing = live.attempt.closing(CallStatus.FAILED, error=error)
        live.attempt = Attempt()
        admission = replace(live.job.admission, prompt_characters=characters_of(request.messages))
        await _granted(process, live, partial(Retry, live, closing, admission))
        await asyncio.sleep(pause)


def _can_be_shorter(live: LiveReply, request: ChatRequest) -> bool:
    """Whether there is more than the question, and what of its answer is to be continued."""
    return len(request.messages) > (3 if live.job.begun else 2)


def _shorter(request: ChatRequest) -> ChatRequest:
    return replace(request, messages=newer_half(request.messages))


async def _stream(process: "Process", live: LiveReply, request: ChatRequest) -> None:
    async with process.client.stream(request, request_id=str(live.request_id)) as batches:
        live.attempt.accepted = True
        async for chunks in batches:
            for chunk in chunks:
                live.attempt.note(chunk)
            text = "".join([chunk.text for chunk in chunks])
            if text:
                process.scribe.put(Text(live, live.written, text), urgent=not live.given)
                live.parts.append(text)
                live.written += len(text)
                if process.scribe.is_full:
                    raise Unstored


async def _granted(
    process: "Process", live: LiveReply, entry_for: Callable[["asyncio.Future[Grant]"], Claim | Retry]
) -> Grant:
    """Wait for the commit; a reply that is not ours any more ends like a cancelled one."""
    granted = asyncio.get_running_loop().create_future()
    process.scribe.put(entry_for(granted), urgent=True)
    grant: Grant = await granted
    if grant is Grant.NEVER or live.cut is not None:
        raise asyncio.CancelledError
    return grant
