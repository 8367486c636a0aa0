"""Faults of the model's side: refusals, cuts, silence, errors in the stream, odd framing, odd text, odd usage."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.chaos.faults.fault import AFTER_SOME, BEFORE_HEADERS, BEFORE_SENDING, HEADERS, LAST, Fault, Script
from tests.chaos.faults.user import STOPPED, stop
from tests.chaos.plays import Delta, Told
from tests.upstream import Completion, Cut, Html, Play, Reset, Silence, Status
from tests.upstream.plays import Wire

CUT = frozenset({"interrupted"})
FAILED = frozenset({"failed"})


@dataclass(frozen=True)
class ErrorObject:
    """`data: {"error": …}` after so many deltas, in an answer that began well."""

    after: int

    async def act(self, wire: Wire) -> None:
        await wire.body(b'data: {"error": {"code": 502, "message": "scripted"}}\n\n')
        await wire.end()


def ending(kind: Callable[[int], Any]) -> Callable[[Script], tuple[Play, ...]]:
    return lambda script: (script.told(ending=kind(script.somewhere())),)


def after(*first: Play) -> Callable[[Script], tuple[Play, ...]]:
    """These answers, and then a good one."""
    return lambda script: (*first, script.told())


def crlf(body: bytes) -> tuple[bytes, ...]:
    return (b"data:" + body + b"\r\n\r\n",)


def commented(body: bytes) -> tuple[bytes, ...]:
    return (b": OPENROUTER PROCESSING\n\n", b"event: message\nid: 7\nretry: 10\ndata: " + body + b"\n\n")


def split(body: bytes) -> tuple[bytes, ...]:
    """In two writes, within a character where there is one that can be split."""
    data = b"data: " + body + b"\n\n"
    at = next((at for at, byte in enumerate(data) if byte & 0xC0 == 0x80), len(data) // 2)
    return data[:at], data[at:]


def many_lines(body: bytes) -> tuple[bytes, ...]:
    lines = json.dumps(json.loads(body), indent=1).splitlines()
    return ("".join(f"data: {line}\n" for line in lines).encode() + b"\n",)


def framed(*framings: Callable[[bytes], tuple[bytes, ...]]) -> Callable[[Script], tuple[Play, ...]]:
    return lambda script: (script.told(framing=script.random.choice(framings)),)


def with_odd(text: str, spelled: bytes) -> Callable[[Script], tuple[Play, ...]]:
    """With this delta, read as `text`, somewhere in the middle."""

    def plays(script: Script) -> tuple[Told, ...]:
        at = script.somewhere()
        return (script.told(deltas=(*script.deltas[:at], Delta(text, spelled), *script.deltas[at:])),)

    return plays


def billed(sent: Any) -> Callable[[Script], tuple[Play, ...]]:
    return lambda script: (script.told(usage=None, usage_sent=sent),)


FAULTS = (
    Fault("429, Retry-After: 0", plays=after(Status(429, headers={"Retry-After": "0"})), requests=2),
    Fault("429, Retry-After: 1", plays=after(Status(429, headers={"Retry-After": "1"})), requests=2),
    Fault("500 twice", plays=after(Status(500), Status(500)), requests=3),
    Fault("401", plays=lambda script: (Status(401),), expects=FAILED),
    Fault("404", plays=lambda script: (Status(404),), expects=FAILED),
    Fault("end without a finish", plays=ending(Cut), expects=CUT),
    Fault("cut in mid-body", plays=ending(lambda at: Cut(at, clean=False)), expects=CUT),
    Fault("reset", plays=ending(Reset), expects=CUT),
    Fault(
        "silence, then Stop",
        plays=ending(Silence),
        act=stop,
        expects=STOPPED,
        points=(BEFORE_SENDING, BEFORE_HEADERS, HEADERS, AFTER_SOME, LAST),
    ),
    Fault(
        "silence before the headers, then Stop",
        plays=lambda script: (script.told(ending=Silence(-1)),),
        act=stop,
        expects=STOPPED,
        points=(BEFORE_SENDING, BEFORE_HEADERS),
    ),
    Fault("error in the stream", plays=ending(ErrorObject), expects=CUT),
    Fault("HTML page", plays=lambda script: (Html(),), expects=FAILED),
    Fault("JSON completion", plays=lambda script: (Completion(script.told().text),)),
    Fault("CRLF", plays=framed(crlf)),
    Fault("comments and names", plays=framed(commented)),
    Fault("UTF-8 split", plays=framed(split)),
    Fault("several data lines", plays=framed(many_lines)),
    Fault("invalid UTF-8", plays=with_odd("a\ufffdb", b'"a\xffb"')),
    Fault("NUL", plays=with_odd("a\ufffdb", rb'"a\u0000b"')),
    Fault("lone surrogate", plays=with_odd("a\ufffdb", rb'"a\ud83db"')),
    Fault("usage missing", plays=billed(None)),
    Fault("usage null", plays=billed({"prompt_tokens": None, "completion_tokens": None})),
    Fault("usage negative", plays=billed({"prompt_tokens": -5, "completion_tokens": -7})),
    Fault("finish reason length", plays=lambda script: (script.told(finish="length"),)),
    Fault("finish reason content_filter", plays=lambda script: (script.told(finish="content_filter"),)),
)
