"""A file of conversations cut into its elements, without holding more than one of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chat.transfer.bytes_ahead import BytesAhead
from chat.transfer.refused import Unreadable

MOST_BYTES = 16 * 1024 * 1024  # of one conversation
MOST_MARKS = 1_000_000  # brackets and texts of one conversation: what its objects cost in memory
DEEPEST = 100  # brackets in brackets; ChatGPT's files have about ten
FORMAT = 1  # the newest of Parley's own that is understood here

_ENVELOPE = re.compile(
    rb'\{[ \t\r\n]*(?:"parley"[ \t\r\n]*:[ \t\r\n]*(\d{1,9})[ \t\r\n]*,[ \t\r\n]*)?'
    rb'"conversations"[ \t\r\n]*:[ \t\r\n]*\['
)
_ENVELOPE_AHEAD = 4096  # bytes
_END = re.compile(rb'\][ \t\r\n]*(?:,[ \t\r\n]*"parley"[ \t\r\n]*:[ \t\r\n]*(\d{1,9})[ \t\r\n]*)?\}')
_MARK = re.compile(rb'["\[\]{}]')
_INSIDE_TEXT = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_QUOTE, _OPENING = ord('"'), frozenset(b"[{")

NEITHER = "This is neither a file of Parley's nor an export of ChatGPT's."
NO_COMMA = "A comma or the end of the list is missing."
ENDS = "The file ends in the middle: it was not written or sent to its end."


@dataclass(frozen=True)
class Element:
    """One conversation as it stands in the file. Where `fault` says why not, `data` is empty."""

    place: int
    path: str  # such as conversations[3]; empty where the file is one conversation
    line: int
    data: bytes
    fault: str = ""


def elements(blocks: Iterator[bytes]) -> Iterator[Element]:
    """The conversations of `blocks`: one alone, a list of them, or Parley's `{"parley": 1, "conversations": […]}`.

    Inside an element only brackets and texts are told apart: whoever parses it finds what else is wrong there.
    Raises Unreadable, with the line, where the file can be followed no further.
    """
    file = BytesAhead(blocks)
    file.skip_mark()
    head = file.ahead(_ENVELOPE_AHEAD)
    if not head:
        raise Unreadable("", "The file is empty.")
    if envelope := _ENVELOPE.match(head):
        _must_be_known(envelope[1])
        file.skip(envelope.end())
        yield from _listed(file)
        end = _END.match(file.ahead(_ENVELOPE_AHEAD))
        if not end:
            raise Unreadable(f"line {file.line}", "does not go on as a file of Parley's does")
        _must_be_known(end[1])
        file.skip(end.end())
    elif head[:1] == b"[":
        file.skip(1)
        yield from _listed(file)
        file.skip(1)
    elif head[:1] == b"{":
        yield _element(file, 0, "")
    else:
        raise Unreadable("line 1", NEITHER)
    if file.ahead(1):
        raise Unreadable(f"line {file.line}", "There is more behind the end of the list.")


def _must_be_known(version: bytes | None) -> None:
    if version is not None and int(version) > FORMAT:
        raise Unreadable("parley", "This file was written by a newer Parley than this one.")


def _listed(file: BytesAhead) -> Iterator[Element]:
    """Up to the closing bracket, which stays."""
    place = 0
    while (sign := file.ahead(1)) != b"]" or place:
        if sign == b"]":
            return
        if place:
            if sign != b",":
                raise Unreadable(f"line {file.line}", NO_COMMA if sign else ENDS)
            file.skip(1)
            sign = file.ahead(1)
        if sign != b"{":
            where = f"line {file.line}: conversations[{place}]"
            raise Unreadable(where, "is not a conversation" if sign else ENDS)
        yield _element(file, place, f"conversations[{place}]")
        place += 1


def _element(file: BytesAhead, place: int, path: str) -> Element:
    """From the opening bracket, which is next, to the one that closes it."""
    line, size, marks, depth, deepest = file.line, 0, 0, 0, 0
    in_text, fault = False, ""
    kept: list[bytes] = []
    while True:
        block, at = file.block, file.at
        start = at
        while at < len(block):
            if in_text:
                at = _INSIDE_TEXT.match(block, at).end()  # type: ignore[union-attr]
                if at == len(block):
                    break
                if block[at] != _QUOTE:  # a backslash whose sign comes with the next block
                    break
                in_text, at = False, at + 1
            mark = _MARK.search(block, at)
            if mark is None:
                at = len(block)
                break
            at, marks = mark.end(), marks + 1
            sign = block[mark.start()]
            if sign == _QUOTE:
                in_text = True
            elif sign in _OPENING:
                depth += 1
                deepest = max(deepest, depth)
            else:
                depth -= 1
                if depth == 0:
                    break
        size += at - start
        fault = fault or _too_much(size, marks, deepest)
        if fault:
            kept.clear()
        else:
            kept.append(block[start:at])
        file.at = at
        if depth == 0:
            return Element(place, path, line, b"".join(kept), fault)
        if not file.join_next():
            raise Unreadable(f"line {file.line}: {path}" if path else f"line {file.line}", ENDS)


def _too_much(size: int, marks: int, deepest: int) -> str:
    if deepest > DEEPEST:
        return f"is nested more than {DEEPEST} levels deep"
    if size > MOST_BYTES or marks > MOST_MARKS:
        return f"is larger than {MOST_BYTES // 2**20} MB, or has too many parts, to be one conversation"
    return ""
