"""What the upstream makes of each request of the mix: well, slowly, without figures, or not at all."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from tests.upstream import (
    Answer,
    Completion,
    Cut,
    Html,
    Play,
    Record,
    Reset,
    Status,
    Stream,
    lorem,
    text_event,
    usage_event,
)
from tests.upstream.plays import Wire

LATE = 0.6  # s
SLOW, WORDS = 0.05, 80  # s from one word of a slow answer to the next
AT_ONCE = {"Retry-After": "0"}
USD = (0.000001234, 0.0021, 0.05)  # that an answer may say it cost
PROBLEM = {"type": "about:blank", "title": "Bad Request", "message": "no such field", "status": 400}
TOO_LONG = {"error": {"message": "This model's maximum context length is 32000 tokens.", "type": "x"}}
NO_SYSTEM = {"error": {"message": "Model does not support 'system' messages.", "code": 400}}
REFUSALS = (
    Status(400, {"message": "a bad request", "statusCode": 400, "requestId": "r-1"}),
    Status(400, PROBLEM, {"Content-Type": "application/problem+json"}),
    Status(400, TOO_LONG),
    Status(400, NO_SYSTEM),
    Status(401),
    Status(402),
    Status(403),
    Status(404),
    Status(422, "not json"),
)
PASSING = tuple(Status(status, headers=AT_ONCE) for status in (408, 429, 500, 502, 503, 504))


@dataclass(frozen=True)
class Told(Stream):
    """Pieces in which the provider tells a usage, and what it tells."""

    usage: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Late(Completion):
    """A completion that is waited for: some hang up before it comes."""

    async def perform(self, wire: Wire, record: Record) -> None:
        await asyncio.sleep(LATE)
        await super().perform(wire, record)


class Weather:
    """The default of an upstream: a play follows from the seed, the prompt and how often that came."""

    def __init__(self, seed: int) -> None:
        self.seen: Counter[str] = Counter()
        self._seed = seed
        self._lock = threading.Lock()

    def __call__(self, record: Record) -> Play:
        streamed = bool(record.body.get("stream"))
        with self._lock:
            self.seen[record.prompt] += 1
            draw = Random(f"{self._seed} {record.prompt} {self.seen[record.prompt]}")
        kinds = STREAMED if streamed else WHOLE
        return draw.choices(list(kinds), list(kinds.values()))[0](draw)


def usage(draw: Random) -> tuple[int, int]:
    return draw.randrange(3, 40), draw.randrange(1, 60)


def well(draw: Random) -> Play:
    return Answer(lorem(draw.randrange(2, 30)), usage=usage(draw))


def priced(draw: Random) -> Play:
    return Answer(lorem(6), usage=usage(draw), cost_usd=draw.choice(USD))


def untold(draw: Random) -> Play:
    return Answer(lorem(draw.randrange(2, 30)), usage=None)


def slow(draw: Random) -> Play:
    return Answer(lorem(WORDS), usage=usage(draw), delay=draw.choice((SLOW / 5, SLOW)))


def cut_at_length(draw: Random) -> Play:
    return Answer(lorem(10), usage=usage(draw), finish="length")


def refused(draw: Random) -> Play:
    return draw.choice(REFUSALS)


def passing(draw: Random) -> Play:
    return draw.choice(PASSING)


def broken_off(draw: Random) -> Play:
    after = draw.randrange(0, 6)
    return Answer(lorem(20), delay=0.005, ending=draw.choice((Cut(after), Cut(after, False), Reset(after))))


def never_begun(draw: Random) -> Play:
    return Answer(ending=Reset(-1))


def reported_in_stream(draw: Random) -> Play:
    error = json.dumps({"error": {"code": 502, "message": "the provider is away"}}).encode()
    told = usage(draw)
    texts = [text_event(f"word{number} ") for number in range(draw.randrange(0, 4))]
    if draw.random() < 0.5:
        return Told((*texts, usage_event(told), b"data: " + error + b"\n\n"), usage=told)
    return Stream((*texts, b"data: " + error + b"\n\n"), pause=0.01)


def page(draw: Random) -> Play:
    return Html()


def late(draw: Random) -> Play:
    return Late(lorem(4), usage=usage(draw))


def whole(draw: Random) -> Play:
    told = usage(draw)
    cost: Mapping[str, float] = {"usd_spent": draw.choice(USD)}
    match draw.randrange(4):
        case 0:
            return Completion(lorem(4), usage=None)
        case 1:
            return Completion(lorem(4), usage=told, meta={"usage": cost})
        case 2:
            headers = {"x-aimlapi-usd-spent": f"{cost['usd_spent']:.9f}"}
            return Completion(lorem(4), usage=told, headers=headers)
    return Completion(lorem(4), usage=told)


Kind = Callable[[Random], Play]
WHOLE: dict[Kind, int] = {whole: 6, late: 4, refused: 1, passing: 1, page: 1, never_begun: 1}
STREAMED: dict[Kind, int] = {
    well: 10,
    slow: 10,
    priced: 4,
    untold: 4,
    cut_at_length: 2,
    whole: 2,
    passing: 6,
    refused: 4,
    broken_off: 4,
    reported_in_stream: 3,
    never_begun: 1,
    page: 1,
}
