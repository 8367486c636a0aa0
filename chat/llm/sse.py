"""Bytes of an event stream to the data of its events, without I/O."""

from chat.llm.errors import TooLarge

MIB = 1024 * 1024
BOM = b"\xef\xbb\xbf"


class Decoder:
    """A push decoder for `text/event-stream`.

    However the bytes are split over calls of `feed`, the events are the same, and the cost grows with
    the number of bytes only. Event names, ids and retry times are ignored, so an event counts whatever
    its name is. Bytes that are not UTF-8 become U+FFFD. An event at the end of the stream without its
    blank line, which the specification drops, is given by `close`: providers end with such a
    `data: [DONE]`.

    A line, or the data of one event, longer than `max_line` bytes raises TooLarge: in the call that
    finds it, or in the next one when this call has events to give first.
    """

    def __init__(self, max_line: int = MIB) -> None:
        self._max_line = max_line
        self._pieces: list[bytes] = []  # the line begun so far: joined once, when it ends
        self._pieces_size = 0
        self._data: list[str] = []
        self._data_size = 0
        self._at_start = True
        self._after_cr = False
        self._failure: TooLarge | None = None

    def feed(self, block: bytes) -> list[str]:
        """The data of every event that ends in `block`; raises TooLarge."""
        if self._after_cr and block:
            self._after_cr = False
            if block[0] == 0x0A:
                block = block[1:]
        events: list[str] = []
        if self._failure is None:
            for line in block.splitlines(keepends=True):
                if line[-1] in b"\r\n":
                    self._end_line(line.rstrip(b"\r\n"), events)
                else:
                    self._begin_line(line)
                if self._failure is not None:
                    break
            self._after_cr = block.endswith(b"\r")
        return self._result(events)

    def close(self) -> list[str]:
        """The event that the end of the stream cut short, if it has data; raises TooLarge."""
        events: list[str] = []
        if self._failure is None:
            if self._pieces:
                self._end_line(b"", events)
            self._dispatch(events)
        return self._result(events)

    def _result(self, events: list[str]) -> list[str]:
        if self._failure is not None and not events:
            raise self._failure
        return events

    def _begin_line(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._pieces_size += len(piece)
        if self._pieces_size > self._max_line:
            self._overflow()

    def _end_line(self, line: bytes, events: list[str]) -> None:
        if self._pieces:
            self._pieces.append(line)
            line = b"".join(self._pieces)
            self._pieces.clear()
            self._pieces_size = 0
        if len(line) > self._max_line:
            self._overflow()
            return
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(BOM)
        if not line:
            self._dispatch(events)
        elif line.startswith(b"data"):
            self._field(line)

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name != b"data":
            return
        self._data.append(value.removeprefix(b" ").decode("utf-8", "replace"))
        self._data_size += len(value) + 1
        if self._data_size > self._max_line:
            self._overflow()

    def _dispatch(self, events: list[str]) -> None:
        if self._data:
            data = "\n".join(self._data)
            self._data.clear()
            self._data_size = 0
            if data:
                events.append(data)

    def _overflow(self) -> None:
        self._pieces.clear()
        self._data.clear()
        self._failure = TooLarge(f"an event of more than {self._max_line} bytes")
