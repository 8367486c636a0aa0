"""Where a growing Markdown text can be cut: finished blocks, and the open tail behind them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from chat.markdown.code_block import language_of
from chat.markdown.source import PARSER, readable, shallow_length

_BLANK = b" \t\n"
_FENCE = re.compile(rb"`{3,}|~{3,}")
_CLOSING = re.compile(rb" {0,3}(`{3,}|~{3,})")

# A last line without its line end counts only when no continuation can change what it begins: a word,
# perhaps after a list's marker. `-`, `1`, "``" or `#` could still become anything.
_BEGINS_FOR_SURE = re.compile(r' {0,3}(?:(?:[-+*]|[0-9]{1,9}[.)]) )?(?:\*\*|`|")?[^\W\d_]')


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A fenced code block at the end of a text, not closed yet.

    `start` is the offset of its first line of code, `lines_end` the offset behind its last complete
    line; the lines between them are final.
    """

    language: str
    start: int
    lines_end: int


@dataclass(frozen=True, slots=True)
class Split:
    """A growing text in pieces; all offsets count characters of the whole text.

    `blocks` are start and end of each finished top-level block; they follow each other without a gap,
    and `tail` is where the last one ends. However the text goes on, they stay as they are.
    """

    blocks: tuple[tuple[int, int], ...]
    tail: int
    code: OpenCode | None


def split(text: str, start: int = 0) -> Split:
    """Cut a growing text from `start` on, which is 0 or the `tail` of an earlier cut.

    The last block stays open, because the next line may belong to it; only a closed fence is finished
    at once. The cost is that of parsing what stands behind `start`.
    """
    data = _decided(text[start:]).encode()
    content_end = len(data.rstrip(_BLANK))
    ends = []
    code = None
    for block in _top_level_blocks(data):
        if block.end < content_end or block.is_closed_fence(data):
            ends.append(block.end)
        elif block.language is not None and data[block.start - 1 : block.start] in (b"", b"\n"):
            code = block

    characters = [start, *_in_characters(data, ends, start)]
    tail = characters[-1]
    if code is None:
        return Split(tuple(pairwise(characters)), tail, None)
    lines = [data.index(b"\n", code.start) + 1, data.rindex(b"\n") + 1]
    first, last = _in_characters(data, lines, start)
    return Split(tuple(pairwise(characters)), tail, OpenCode(code.language or "", first, last))


def _decided(text: str) -> str:
    source = readable(text.removesuffix("\r"))  # its line feed may be on the way
    source = source[: shallow_length(source)]
    lines_end = source.rfind("\n") + 1
    return source if _BEGINS_FOR_SURE.match(source, lines_end) else source[:lines_end]


@dataclass(frozen=True, slots=True)
class _Block:
    """A top-level block; its offsets count bytes, and its end is that of its last line with content."""

    start: int
    end: int
    language: str | None  # of a fenced code block

    def is_closed_fence(self, data: bytes) -> bool:
        if self.language is None:
            return False
        first, _, rest = data[self.start : self.end].partition(b"\n")
        last = rest.rstrip(_BLANK).rpartition(b"\n")[2]
        opening = _FENCE.match(first)
        closing = _CLOSING.fullmatch(last)
        return bool(opening and closing and closing[1].startswith(opening[0]))


def _top_level_blocks(data: bytes) -> Iterator[_Block]:
    depth = 0
    language = None
    for event, at in PARSER.events_with_range(data.decode()):
        if isinstance(event, dict) and "Start" in event:
            if depth == 0:
                language = _fence_language(event["Start"])
            depth += 1
        elif isinstance(event, dict) and "End" in event:
            depth -= 1
        if depth == 0:
            content = len(data[at["start"] : at["end"]].rstrip(_BLANK))
            line_end = data.find(b"\n", at["start"] + content) + 1
            yield _Block(at["start"], line_end or len(data), language)
            language = None


def _fence_language(opened: object) -> str | None:
    match opened:
        case {"CodeBlock": {"Fenced": str(info)}}:
            return language_of(info)
    return None


def _in_characters(data: bytes, offsets: list[int], start: int) -> Iterator[int]:
    at = 0
    for offset in offsets:
        start += len(data[at:offset].decode())
        at = offset
        yield start
