"""Follow a reply: a snapshot, then its tail in frames, wherever it runs."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress

from django.conf import settings

from chat.models import Reply, ReplyState, User
from chat.replies.frames import Frame, Stage
from chat.replies.live import Tail
from chat.replies.process import Process, current
from chat.replies.turns import turns_now
from chat.replies.watch import Reader

FRAME = 0.1  # s between frames at the least; the first text is sent at once
LONG_TEXT = 65_536  # characters
LOOK = 1.0  # s after which a reader looks up, to see whether it is to leave
SIGN_OF_LIFE = 15.0  # s


async def follow(reader: Reader, resume_at: int | None = None) -> AsyncGenerator[Frame | None, None]:
    """Frames of an open reply until the last one; None every 15 s without one, as a sign of life.

    Only committed text is shown. Without a last frame it ends when the reader may not go on. Raises
    ShuttingDown where no replies are run or followed.
    """
    process = current()
    async with process.watch.over(reader), _tail(process, reader.reply_id) as tail:
        clock = process.loop.time
        stage = Stage(tail.text, resume_at)
        ahead, sent_at = None, clock()
        while not reader.leave.is_set():
            changed = tail.changed
            if tail.ended:
                yield Frame(id=len(tail.text), last=True)
                return
            if len(tail.text) < LONG_TEXT:
                frame = stage.frame(tail.text, tail.ahead)
            else:  # takes long enough for other readers to notice
                frame = await asyncio.to_thread(stage.frame, tail.text, tail.ahead)
            if frame is None and tail.ahead != ahead:
                frame = Frame(id=0, ahead=tail.ahead, started=bool(tail.text))
            ahead = tail.ahead
            if frame is not None or clock() - sent_at >= SIGN_OF_LIFE:
                sent_at = clock()
                yield frame
            if not changed.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK):
                        await changed.wait()
            if frame is not None and frame.started and not tail.ended:
                await asyncio.sleep(sent_at + FRAME - clock())


def may_follow(user: User) -> bool:
    """Whether this process may open one more stream for `user`."""
    return current().watch.count(user.pk) < settings.EVENT_STREAMS_A_USER


def ahead_of(reply: Reply) -> int | None:
    """How many replies have their turn before this one; None when it has begun, or is about to."""
    return turns_now().ahead.get(reply.pk) if reply.state == ReplyState.QUEUED else None


@asynccontextmanager
async def _tail(process: Process, reply_id: int) -> AsyncIterator[Tail]:
    if live := process.live.get(reply_id):
        yield live
        return
    async with process.looks.tail(reply_id) as tail:
        yield tail
