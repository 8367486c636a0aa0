"""The ends that a reply can come to, told as they were."""

import asyncio
import logging
from contextlib import suppress

from django.utils.html import escape

from chat import markdown
from chat.llm import Client, ModelError, ModelGone
from chat.models import CallStatus, ReplyState
from chat.replies.attempt import Attempt
from chat.replies.entries import End
from chat.replies.live import Cut, LiveReply

log = logging.getLogger(__name__)

ENDED_EARLY = "The server was stopped before the answer began."
UNEXPECTED = "Something went wrong inside Parley. The administrator finds the reason in the log."
OFFERED = 5  # models named when one is gone
ASK_FOR_MODELS = 5.0  # s


def done(live: LiveReply, attempt: Attempt) -> End:
    closing = attempt.closing(CallStatus.DONE, characters=live.written)
    return End(live, ReplyState.DONE, closing, finish_reason=attempt.finish_reason)


def cut(live: LiveReply, attempt: Attempt) -> End:
    """Stopped by somebody, by a delete, or by the end of the process."""
    if live.cut is not Cut.ENDING:
        state, status, error = ReplyState.STOPPED, CallStatus.STOPPED, ""
    elif live.written:
        state, status, error = ReplyState.INTERRUPTED, CallStatus.INTERRUPTED, ""
    else:
        state, status, error = ReplyState.FAILED, CallStatus.INTERRUPTED, ENDED_EARLY
    return End(live, state, attempt.closing(status, characters=live.written), error=error)


def broken(live: LiveReply, attempt: Attempt, error: ModelError, sentence: str) -> End:
    """The model's side ended it: with text it is interrupted, without it failed."""
    state = ReplyState.INTERRUPTED if live.written else ReplyState.FAILED
    status = CallStatus.INTERRUPTED if live.written else CallStatus.FAILED
    closing = attempt.closing(status, characters=live.written, error=error)
    return End(live, state, closing, error=sentence)


def failed(live: LiveReply, attempt: Attempt) -> End:
    """By a fault of our own."""
    state = ReplyState.INTERRUPTED if live.written else ReplyState.FAILED
    return End(live, state, attempt.closing(CallStatus.FAILED, characters=live.written), error=UNEXPECTED)


async def sentence_of(error: ModelError, client: Client) -> str:
    """The error's own; where a model is gone also what is on offer instead."""
    offered: list[str] = []
    if isinstance(error, ModelGone):
        # A Stop that comes meanwhile changes nothing any more: the reply has failed.
        with suppress(asyncio.CancelledError, TimeoutError):
            async with asyncio.timeout(ASK_FOR_MODELS):
                offered = [model for model in await client.models() if model not in error.sentence]
    return f"{error.sentence} On offer: {', '.join(offered[:OFFERED])}." if offered else error.sentence


async def rendered(text: str) -> str:
    """Safe HTML, made in a thread. Nothing that comes meanwhile keeps a reply from its end."""
    rendering = asyncio.ensure_future(asyncio.to_thread(markdown.render, text))
    while not rendering.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([rendering])
    if error := rendering.exception():
        log.error("A text could not be rendered and is shown as it is", exc_info=error)
        return f"<p>{escape(text)}</p>"
    return rendering.result()
