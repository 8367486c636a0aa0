"""Follow a reply: a snapshot, then its tail in frames, wherever it runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat.replies.errors import ShuttingDown
from chat.replies.frames import Frame, Stage
from chat.replies.live import Tail
from chat.replies.process import current

FRAME = 0.1  # s between frames at the least; the first text is sent at once
SIGN_OF_LIFE = 15.0  # s


async def follow(reply_id: int, resume_at: int | None = None) -> AsyncIterator[Frame | None]:
    """Frames of an open reply until the last one; None every 15 s without one, as a sign of life.

    Only committed text is shown. Raises ShuttingDown where no replies are run or followed.
    """
    async with _tail(reply_id) as tail:
        loop = asyncio.get_running_loop()
        stage = Stage(tail.text, resume_at)
        ahead: int | None = None
        while True:
            changed = tail.changed
            if tail.ended:
                yield Frame(id=len(tail.text), last=True)
                return
            began = loop.time()
            frame = stage.frame(tail.text, tail.ahead)
            if frame is None and tail.ahead != ahead:
                frame = Frame(id=0, ahead=tail.ahead, started=bool(tail.text))
            ahead = tail.ahead
            if frame is not None:
                yield frame
            try:
                async with asyncio.timeout(SIGN_OF_LIFE):
                    await changed.wait()
            except TimeoutError:
                yield None
            if tail.text and not tail.ended:
                await asyncio.sleep(began + FRAME - loop.time() if frame is not None else 0)


def ahead_of(reply_id: int) -> int | None:
    """How many replies have their turn before this one; None when it has begun or runs elsewhere."""
    try:
        live = current().live.get(reply_id)
    except ShuttingDown:
        return None
    return live.ahead if live else None


@asynccontextmanager
async def _tail(reply_id: int) -> AsyncIterator[Tail]:
    process = current()
    if live := process.live.get(reply_id):
        yield live
        return
    async with process.gatherer.tail(reply_id) as tail:
        yield tail
