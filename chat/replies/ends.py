"""The ends that a reply can come to, told as they were."""

import asyncio
import logging
from contextlib import suppress

from django.utils.html import escape

from chat import markdown
from chat.llm import Client, ModelError, ModelGone
from chat.models import CallStatus, ReplyState
from chat.replies.entries import End
from chat.replies.live import Cut, LiveReply
from chat.usage import Attempt

log = logging.getLogger(__name__)

ENDED_EARLY = "The server was stopped before the answer began."
UNSTORED = "The database did not answer, so that no more of the text could be kept."
UNEXPECTED = "Something went wrong inside Parley. The administrator finds the reason in the log."
OFFERED = 5  # models named when one is gone
ASK_FOR_MODELS = 5.0  # s


def done(live: LiveReply, attempt: Attempt) -> End:
    closing = attempt.closing(CallStatus.DONE, characters=live.given)
    return End(live, ReplyState.DONE, closing, finish_reason=attempt.finish_reason)


def cut(live: LiveReply, attempt: Attempt) -> End:
    """Stopped by somebody, or cut off by the end of the process or by the loss of it."""
    if live.cut is Cut.STOPPED:
        state, status, error = ReplyState.STOPPED, CallStatus.STOPPED, ""
    elif live.written:
        state, status, error = ReplyState.INTERRUPTED, CallStatus.INTERRUPTED, ""
    else:
        state, status, error = ReplyState.FAILED, CallStatus.INTERRUPTED, ENDED_EARLY
    return End(live, state, attempt.closing(status, characters=live.given), error=error)


def broken(live: LiveReply, attempt: Attempt, error: ModelError, sentence: str) -> End:
    """The model's side ended it: with text it is interrupted, without it failed."""
    state = ReplyState.INTERRUPTED if live.written else ReplyState.FAILED
    status = CallStatus.INTERRUPTED if live.given else CallStatus.FAILED
    closing = attempt.closing(status, characters=live.given, error=error)
    return End(live, state, closing, error=sentence)


def refused(live: LiveReply, sentence: str) -> End:
    """By a budget that does not allow another attempt; the scribe closes the ledger row by the last one."""
    state = ReplyState.INTERRUPTED if live.written else ReplyState.FAILED
    return End(live, state, live.attempt.closing(CallStatus.FAILED), error=sentence)


def unstored(live: LiveReply, attempt: Attempt) -> End:
    """By a database that was away for too long."""
    closing = attempt.closing(CallStatus.INTERRUPTED, characters=live.given)
    return End(live, ReplyState.INTERRUPTED, closing, error=UNSTORED)


def failed(live: LiveReply, attempt: Attempt) -> End:
    """By a fault of our own."""
    state = ReplyState.INTERRUPTED if live.written else ReplyState.FAILED
    return End(live, state, attempt.closing(CallStatus.FAILED, characters=live.given), error=UNEXPECTED)


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
    """safe_html, made in a thread. Nothing that comes meanwhile keeps a reply from its end."""
    rendering = asyncio.ensure_future(asyncio.to_thread(safe_html, text))
    while not rendering.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([rendering])
    return rendering.result()


def safe_html(text: str) -> str:
    """The rendering of any text, or the text itself where that fails: a reply must come to its end."""
    try:
        return markdown.render(text)
    except Exception:
        log.exception("A text could not be rendered and is shown as it is")
        return f"<p>{escape(text)}</p>"
