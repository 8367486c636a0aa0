"""Where a growing Markdown text can be cut: finished blocks, and the open tail behind them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from chat.markdown.code_block import language_of
from chat.markdown.source import PARSER, readable, shallow_length

_BLANK = b" \t\n"
_CONTENT = re.compile(rb"^[ \t]*+[^ \t\n]", re.MULTILINE)
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
    ends = []
    code = None
    for block in _top_level_blocks(data):
        if not block.is_finished(data):
            code = block if block.is_open_code(data) else None
            break
        ends.append(block.end)

    characters = [start, *_in_characters(data, ends, start)]
    tail = characters[-1]
    if code is None:
        return Split(tuple(pairwise(characters)), tail, None)
    lines = [data.index(b"\n", code.start) + 1, data.rindex(b"\n") + 1]
    first, last = _in_characters(data, lines, start)
    return Split(tuple(pairwise(characters)), tail, OpenCode(code.language, first, last))


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
    kind: str
    language: str

    def is_finished(self, data: bytes) -> bool:
        behind = _CONTENT.search(data, self.end)
        if behind is None:
            return self.kind == "Fenced" and self._is_closed(data)
        if self.kind not in ("List", "BlockQuote"):
            return True
        # A link definition can belong to a list or quote without being seen in it.
        adjoins = behind.start() == self.end
        return not behind[0].startswith((b" ", b"\t", b"[") if adjoins else (b" ", b"\t"))

    def is_open_code(self, data: bytes) -> bool:
        # An indented fence takes its indentation from each line; such code is rendered with its tail.
        return self.kind == "Fenced" and data[self.start - 1 : self.start] in (b"", b"\n")

    def _is_closed(self, data: bytes) -> bool:
        first, _, rest = data[self.start : self.end].partition(b"\n")
        opening = _FENCE.match(first)
        closing = _CLOSING.fullmatch(rest.rstrip(_BLANK).rpartition(b"\n")[2])
        return bool(opening and closing and closing[1].startswith(opening[0]))


def _top_level_blocks(data: bytes) -> Iterator[_Block]:
    depth = start = end = 0
    kind = info = ""
    for event, at in PARSER.events_with_range(data.decode()):
        if isinstance(event, dict) and "End" in event:
            depth -= 1
        else:
            name, value = _named(event)
            if depth == 0:
                start, end, kind, info = at["start"], 0, name, value
            # The parser stretches a list over the link definitions behind it.
            end = max(end, at["start"] + 1 if name in ("List", "Item") else at["end"])
            depth += isinstance(event, dict) and "Start" in event
        if depth == 0:
            content = len(data[start:end].rstrip(_BLANK))
            line_end = data.find(b"\n", start + content) + 1
            yield _Block(start, line_end or len(data), kind, language_of(info))


def _named(event: object) -> tuple[str, str]:
    match event:
        case {"Start": {"CodeBlock": {"Fenced": str(info)}}}:
            return "Fenced", info
        case {"Start": {"List": _}}:
            return "List", ""
        case {"Start": {"BlockQuote": _}}:
            return "BlockQuote", ""
        case {"Start": "Item"}:
            return "Item", ""
    return "", ""


def _in_characters(data: bytes, offsets: list[int], start: int) -> Iterator[int]:
    at = 0
    for offset in offsets:
        start += len(data[at:offset].decode())
        at = offset
        yield start
