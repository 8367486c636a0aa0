"""The decoder of event streams."""

import itertools
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.llm import Decoder, TooLarge
from chat.llm.sse import MIB

PIECES = [
    b"data: one\n\n", b"data:two\r\n\r\n", b"data: a\rdata: b\r\r", b": comment\n", b"\n", b"\r",
    b"\r\n",
    b"\xef\xbb\xbf", "data: é€😀\n\n".encode(), b"data: \xff\xfe\n\n", b"event: ping\nid: 7\nretry: 1\n",
    b"data\n", b"database: no\n\n", b"data: [DONE]\n\n", b"data:  two spaces\n\n", b"unknown\n", b"data: cut",
    b"data: " + b"x" * 70 + b"\n\n", b"x" * 61, b"data: " + b"y" * 40 + b"\n",
]  # fmt: skip


def decode(*blocks: bytes, max_line: int = MIB) -> list[str]:
    decoder = Decoder(max_line)
    return [data for block in blocks for data in decoder.feed(block)] + decoder.close()


def outcome(blocks: list[bytes]) -> tuple[list[str], bool]:
    """All events, and whether the stream was too large in the end."""
    decoder = Decoder(max_line=60)
    events: list[str] = []
    try:
        for block in blocks:
            events += decoder.feed(block)
        events += decoder.close()
        decoder.close()
    except TooLarge:
        return events, True
    return events, False


@st.composite
def streams_and_cuts(draw: st.DrawFn) -> tuple[bytes, list[int]]:
    pieces = st.one_of(st.sampled_from(PIECES), st.binary(max_size=8))
    stream = b"".join(draw(st.lists(pieces, max_size=12)))
    return stream, sorted(draw(st.lists(st.integers(0, len(stream)), max_size=20)))


@given(streams_and_cuts())
def test_any_split_of_the_bytes_gives_the_same_events(given_stream: tuple[bytes, list[int]]) -> None:
    stream, cuts = given_stream
    edges = [0, *cuts, len(stream)]
    whole = outcome([stream])
    assert outcome([stream[start:end] for start, end in itertools.pairwise(edges)]) == whole
    assert outcome([bytes([byte]) for byte in stream]) == whole


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_every_line_ending_ends_a_line(end: bytes) -> None:
    assert decode(b"data: one" + end + end + b"data: two" + end + end) == ["one", "two"]


def test_a_line_feed_after_a_split_carriage_return_is_not_a_second_line_end() -> None:
    assert decode(b"data: a\r", b"\ndata: b\r", b"\n\r", b"\n") == ["a\nb"]


def test_a_byte_order_mark_is_skipped_at_the_start_only() -> None:
    assert decode(b"\xef\xbb\xbfdata: one\n\n\xef\xbb\xbfdata: two\n\n") == ["one"]


def test_comments_ids_names_and_unknown_fields_say_nothing() -> None:
    assert decode(b": OPENROUTER PROCESSING\n\nevent: x\nid: 1\nretry: 9\nfoo: bar\nbar\ndata: one\n\n") == [
        "one"
    ]


def test_the_data_lines_of_one_event_are_joined() -> None:
    assert decode(b"data: one\ndata\ndata: three\n\n") == ["one\n\nthree"]


def test_one_space_after_the_colon_is_optional_and_a_second_one_is_text() -> None:
    assert decode(b"data:one\n\ndata: two\n\ndata:  three\n\n") == ["one", "two", " three"]


def test_an_event_without_data_is_none() -> None:
    assert decode(b"event: ping\n\ndata:\n\ndata\n\n\n\n") == []


def test_a_character_split_between_blocks_is_whole() -> None:
    assert decode(b"data: \xe2\x82", b"\xac\n\n") == ["€"]


def test_bytes_that_are_not_utf_8_become_replacement_characters() -> None:
    assert decode(b"data: a\xffb\n\n") == ["a\ufffdb"]


@pytest.mark.parametrize("stream", [b"data: [DONE]", b"data: [DONE]\n"])
def test_the_end_of_the_stream_ends_the_last_event(stream: bytes) -> None:
    assert decode(stream) == ["[DONE]"]


def test_a_line_may_have_a_mebibyte_and_not_a_byte_more() -> None:
    text = b"x" * (MIB - 6)
    assert decode(b"data: " + text + b"\n\n") == [text.decode()]
    with pytest.raises(TooLarge):
        decode(b"data: " + text + b"x\n\n")


def test_an_event_of_many_lines_has_the_same_cap() -> None:
    with pytest.raises(TooLarge):
        decode(*[b"data: " + b"x" * 1000 + b"\n"] * 1100)


def test_events_before_a_line_that_is_too_long_are_given_first() -> None:
    decoder = Decoder(max_line=20)
    assert decoder.feed(b"data: one\n\ndata: " + b"x" * 30) == ["one"]
    with pytest.raises(TooLarge):
        decoder.feed(b"")


def test_an_endless_line_costs_no_more_memory_than_its_cap() -> None:
    tracemalloc.start()
    decoder = Decoder()
    with pytest.raises(TooLarge):
        for _ in range(10 * MIB // 16384):
            decoder.feed(b"x" * 16384)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * MIB


def test_the_cost_of_single_bytes_is_linear() -> None:
    def seconds(size: int) -> float:
        decoder = Decoder()
        began = time.process_time()
        for _ in range(size):
            decoder.feed(b"x")
        return time.process_time() - began

    short = min(seconds(20_000) for _ in range(3))
    assert seconds(400_000) < 20 * short * 5
