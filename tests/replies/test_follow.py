"""What a reader is sent: a snapshot, then the tail, in frames; every reader ends with the same text."""

import asyncio
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from chat import markdown, replies
from chat.models import Reply, User
from chat.replies import Frame
from chat.replies.follow import FRAME
from chat.replies.frames import Stage
from tests.running import Running
from tests.upstream import Answer, Gate, Upstream

TEXT = """# Title

A first paragraph with **words**.

- one
- two

```python
def f():
    return 1
```

The last paragraph.
"""


class Reader:
    """What a page makes of the frames: finished blocks, and the tail."""

    def __init__(self) -> None:
        self.blocks = self.tail = ""
        self.id = 0
        self.frames: list[Frame] = []
        self.seconds = self.waited = 0.0

    def take(self, frame: Frame | None) -> None:
        if frame is None:
            return
        self.frames.append(frame)
        self.id = frame.id
        self.blocks = frame.blocks if frame.replace else self.blocks + frame.blocks
        if frame.tail is not None:
            self.tail = frame.tail
        if frame.code:
            before, mark, after = self.tail.rpartition("</code>")
            assert mark
            self.tail = before + frame.code + mark + after

    @property
    def html(self) -> str:
        return self.blocks + self.tail


def whole(text: str) -> str:
    """What a fresh reader shows of a text."""
    reader = Reader()
    reader.take(Stage().frame(text))
    return reader.html


def test_a_reader_that_follows_every_character_shows_what_a_fresh_one_shows() -> None:
    reader, stage = Reader(), Stage()
    for end in range(len(TEXT) + 1):
        reader.take(stage.frame(TEXT[:end]))
        assert reader.html == whole(TEXT[:end])


def test_a_reader_that_resumes_anywhere_gets_no_finished_block_twice() -> None:
    for cut in range(1, len(TEXT)):
        reader, first = Reader(), Stage()
        for end in range(cut + 1):
            reader.take(first.frame(TEXT[:end]))
        resumed_at, before = reader.id, len(reader.frames)
        second = Stage(TEXT, resumed_at)
        for end in range(cut, len(TEXT) + 1):
            reader.take(second.frame(TEXT[:end]))
        assert reader.html == whole(TEXT)
        assert not resumed_at or not any(frame.replace for frame in reader.frames[before:])


def test_finished_blocks_are_sent_once() -> None:
    stage, sent = Stage(), ""
    for end in range(len(TEXT) + 1):
        if frame := stage.frame(TEXT[:end]):
            sent += frame.blocks
    assert sent.count("first paragraph") == 1
    assert sent.count('<div class="code">') == 1


def test_nothing_new_is_no_frame() -> None:
    stage = Stage()
    assert stage.frame("Hello") is not None
    assert stage.frame("Hello") is None


def test_an_impossible_last_event_id_begins_anew() -> None:
    for resume_at in (0, -1, 999):
        frame = Stage("Hello", resume_at).frame("Hello")
        assert frame is not None
        assert frame.replace


def test_a_long_tail_is_rendered_again_only_when_it_has_grown_by_a_quarter() -> None:
    stage, rendered = Stage(), 0
    text = "word " * 4000
    for end in range(0, len(text), 20):
        frame = stage.frame(text[:end])
        rendered += len(frame.tail) if frame and frame.tail else 0
    assert rendered < 40 * len(text)  # each character again at each frame would be 500


def reading(reply: Reply) -> replies.Reader:
    """The asker's reader, with a session of its own."""
    session = SessionStore()
    session.create()
    return replies.Reader(session.session_key or "", reply.asker_id, reply.pk)


def read(process: Running, reply: Reply, resume_at: int | None = None, *, held: Gate | None = None) -> Reader:
    """Follow to the end, in the process's own loop; the first text opens the gate at which it is `held`."""
    reader, reader_of = Reader(), reading(reply)

    async def follow() -> Reader:
        began = process.loop.time()
        async for frame in replies.follow(reader_of, resume_at):
            if frame and not frame.last:
                reader.take(frame)
            if held and reader.tail and not reader.waited:
                reader.waited = process.loop.time() - began
                held.release()
        reader.seconds = process.loop.time() - began
        return reader

    return process.run(follow())  # type: ignore[no-any-return]


def test_the_first_text_is_shown_at_once_and_then_ten_frames_a_second_at_most(
    process: Running, upstream: Upstream, alice: User
) -> None:
    held = Gate(at=1)
    upstream.play(Answer("word " * 100, delay=0.01, gates=(held,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    reader = read(process, reply, held=held)
    texts = [frame for frame in reader.frames if frame.tail]
    assert texts[0].tail is not None
    assert texts[0].tail.count("word") == 1
    assert reader.waited < 1
    assert len(texts) <= reader.seconds / FRAME + 2  # the first, and what the end adds


def test_two_readers_end_with_the_same_page(process: Running, upstream: Upstream, alice: User) -> None:
    gate = Gate(10)
    upstream.play(Answer(TEXT, gates=(gate,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(reply, lambda text: len(text) > 20)

    readers = [reading(reply), reading(reply)]

    async def both() -> list[str]:
        async def one(whose: replies.Reader) -> str:
            reader = Reader()
            async for frame in replies.follow(whose):
                if frame and not frame.last:
                    reader.take(frame)
                gate.release()
            return reader.html

        return list(await asyncio.gather(*map(one, readers)))

    first, second = process.run(both())
    assert first == second
    assert process.ended(reply).message.html == markdown.render(TEXT)


def test_a_reply_of_another_process_is_followed_through_the_database(
    process: Running, upstream: Upstream, alice: User
) -> None:
    gate = Gate(10)
    upstream.play(Answer(TEXT, gates=(gate,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(reply, lambda text: len(text) > 20)

    async def elsewhere() -> list[str]:
        texts: list[str] = []
        for _ in range(2):  # the second reader comes when nothing is followed any more
            async with process.process.looks.tail(reply.pk) as tail:
                texts.append(tail.text)
        gate.release()
        async with process.process.looks.tail(reply.pk) as tail:
            while not tail.ended:
                await tail.changed.wait()
            texts.append(tail.text)
        return texts

    first, second, last = process.run(elsewhere())
    assert len(first) > 20
    assert first == second
    assert TEXT.startswith(last)
    assert process.ended(reply).message.text == TEXT


REASONS = {
    "the session ended": lambda user, reply: Session.objects.all().delete(),
    "the account was deactivated": lambda user, reply: User.objects.update(is_active=False),
    "the account was deleted": lambda user, reply: user.delete(),
    "the conversation was deleted": lambda user, reply: reply.message.conversation.delete_with_undo(),
}


@pytest.mark.parametrize("reason", REASONS)
def test_a_stream_ends_within_five_seconds_when(
    process: Running, upstream: Upstream, alice: User, reason: str
) -> None:
    gate = Gate(2)
    upstream.play(Answer("one two three", gates=(gate,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(reply, lambda text: text == "one two ")
    whose = reading(reply)
    REASONS[reason](alice, reply)

    async def follow() -> float:
        began = process.loop.time()
        async for _ in replies.follow(whose):
            pass
        return process.loop.time() - began

    assert process.run(follow()) < 5
    gate.release()
