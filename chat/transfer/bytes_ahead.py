"""A file's blocks, looked at ahead of where they are used up, with the line that is reached."""

import re
from collections.abc import Iterator

_SPACE = re.compile(rb"[ \t\r\n]*+")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class BytesAhead:
    """`block` from `at` on is what comes next."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._lines, self._counted = 1, 0  # the line, and up to where in the block line ends are counted
        self.block = b""
        self.at = 0

    @property
    def line(self) -> int:
        """Counted from 1."""
        self._lines += self.block.count(b"\n", self._counted, self.at)
        self._counted = self.at
        return self._lines

    def skip_mark(self) -> None:
        while len(self.block) < len(BYTE_ORDER_MARK) and self.join_next():
            pass
        self.block = self.block.removeprefix(BYTE_ORDER_MARK)

    def ahead(self, most: int) -> bytes:
        """What comes next behind spaces, up to so many bytes; less where the file ends."""
        self.at = _SPACE.match(self.block, self.at).end()  # type: ignore[union-attr]
        while len(self.block) - self.at < most and self.join_next():
            self.at = _SPACE.match(self.block, self.at).end()  # type: ignore[union-attr]
        return self.block[self.at : self.at + most]

    def skip(self, count: int) -> None:
        self.at += count

    def join_next(self) -> bool:
        """Put the next block behind what is not used up yet; False at the end of the file."""
        self._lines, rest = self.line, self.block[self.at :]
        self.block, self.at, self._counted = rest, 0, 0
        for block in self._blocks:
            if block:
                self.block = rest + block
                return True
        return False
