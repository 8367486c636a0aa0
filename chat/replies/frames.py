"""What a reader is sent of a growing text: finished blocks once, the open tail again."""

from dataclasses import dataclass

from chat import markdown

LONG_TAIL = 4096  # characters above which a tail is rendered again only when it has grown by a quarter


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One event. `id` is the offset in the text where the open tail, as the reader now has it, begins."""

    id: int
    blocks: str = ""  # safe HTML of finished blocks
    replace: bool = False  # the blocks replace what the reader has, instead of following it
    tail: str | None = None  # safe HTML of the open tail; None: as it was
    code: str = ""  # finished lines, to append to the open code block in the tail
    ahead: int | None = None  # replies that have their turn earlier
    started: bool = False  # there is text
    last: bool = False  # the reply has ended: show the message as it is stored


class Stage:
    """What one reader has of one reply. Its cost a frame is that of the open block, not of the whole text."""

    def __init__(self, text: str = "", resume_at: int | None = None) -> None:
        """`resume_at` is the id of the last event that the reader got; anything impossible begins anew."""
        self._block = 0  # where the open block begins
        self._lines: int | None = None  # behind the last line sent of an open code block
        self._rendered = -1  # length of the text when the tail was rendered last
        self._anew = resume_at is None or not 0 < resume_at <= len(text)
        if resume_at is not None and not self._anew:
            split = markdown.split(text)
            begins = [*(start for start, _ in split.blocks), split.tail]
            self._block = max(start for start in begins if start <= resume_at)
            if self._block < resume_at:  # only lines of an open code block are final within a block
                self._lines = resume_at

    def frame(self, text: str, ahead: int | None = None) -> Frame | None:
        """What is new since the last frame, or None."""
        split = markdown.split(text, self._block)
        blocks = "".join([markdown.render(text[start:end]) for start, end in split.blocks])
        if blocks:
            self._lines, self._rendered = None, -1
        self._block = split.tail
        tail, code = None, ""
        if split.code is not None and self._lines is not None:
            code = markdown.render_code_lines(text[self._lines : split.code.lines_end])
            self._lines = max(self._lines, split.code.lines_end)
        elif self._due(len(text)):
            tail = markdown.render_tail(text[split.tail :])
            self._rendered = len(text)
            if split.code is not None:
                tail = markdown.render_tail(text[split.tail : split.code.lines_end])
                self._lines = split.code.lines_end
        anew, self._anew = self._anew, False
        if not (blocks or code or tail is not None or anew):
            return None
        return Frame(
            id=self._lines if self._lines is not None else self._block,
            blocks=blocks,
            replace=anew,
            tail=tail,
            code=code,
            ahead=ahead,
            started=bool(text),
        )

    def _due(self, length: int) -> bool:
        """Whether the tail is to be rendered again."""
        tail, before = length - self._block, self._rendered - self._block
        if self._rendered < 0 or tail <= LONG_TAIL:
            return length != self._rendered
        return tail >= before * 1.25
