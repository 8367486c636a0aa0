"""One streamed answer from bytes to chunks, with its caps and its end, without I/O."""

from chat.llm.errors import BadAnswer, BrokenStream, ModelError, TooLarge
from chat.llm.kept import size_beside_text
from chat.llm.sse import MIB, Decoder
from chat.llm.types import Chunk
from chat.llm.wire import parse_chunk

MOST_TEXT = MIB
MOST_WIRE = 64 * MIB


class Reading:
    """Takes the blocks of an event stream, gives the chunks of each, and knows when the answer is over.

    What is good before a fault is given first: `failure` then holds the fault, and `ended` is true.
    `ended` without a `failure` means `[DONE]`, or the end of the stream, after a finish reason; what
    follows is ignored.
    """

    def __init__(self, *, keep: bool = False) -> None:
        self._keep = keep
        self.ended = False
        self.finished = False  # a finish reason was seen
        self.failure: ModelError | None = None
        self._decoder = Decoder()
        self._text_size = 0
        self._wire_size = 0

    def feed(self, block: bytes) -> list[Chunk]:
        """The chunks of the events that end in `block`."""
        chunks: list[Chunk] = []
        try:
            self._wire_size += len(block)
            if self._wire_size > MOST_WIRE:
                raise TooLarge(f"an answer of more than {MOST_WIRE} bytes on the wire")
            self._parse(self._decoder.feed(block), chunks)
        except ModelError as error:
            self._end(error)
        return chunks

    def close(self) -> list[Chunk]:
        """The chunks that the end of the stream sets free; without a finish reason it is a BrokenStream."""
        chunks: list[Chunk] = []
        try:
            self._parse(self._decoder.close(), chunks)
        except BadAnswer:
            self._end(None)  # half an event: the cut is the fault, not what it left
        except ModelError as error:
            self._end(error)
        else:
            self._end(None)
        return chunks

    def _parse(self, events: list[str], chunks: list[Chunk]) -> None:
        for data in events:
            chunk = parse_chunk(data, keep=self._keep)
            if chunk is None:
                self._end(None)
                return
            if text := chunk.text:
                self._text_size += len(text) if text.isascii() else len(text.encode())
            if chunk.said is not None:
                self._text_size += size_beside_text(chunk.said)
            if self._text_size > MOST_TEXT:
                raise TooLarge(f"an answer of more than {MOST_TEXT} bytes of text")
            if chunk.finish_reason is not None:
                self.finished = True
            chunks.append(chunk)

    def _end(self, failure: ModelError | None) -> None:
        self.ended = True
        if failure is None and not self.finished:
            failure = BrokenStream("the stream ended without a finish reason")
        self.failure = failure
