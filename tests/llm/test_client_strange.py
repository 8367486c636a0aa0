"""The client when the upstream's stream is odd or huge."""

import gzip
import itertools
import json
from typing import Any

import pytest

from chat.llm import (
    BadAnswer,
    TooLarge,
    Usage,
)
from tests.llm.asking import DONE, FINISH, MIB, ask
from tests.upstream import (
    Answer,
    Completion,
    Stream,
    Upstream,
    event,
    text_event,
    usage_event,
)


class TestStrangeStream:
    def test_may_be_written_in_every_way_the_format_allows(self, upstream: Upstream) -> None:
        chunk = text_event("é€")[6:].strip()
        heard = ask(
            upstream,
            Stream((
                b"\xef\xbb\xbf: OPENROUTER PROCESSING\r\n\r\n",
                b"event: ping\ndata: {}\n\nid: 4\nretry: 10\nfoo: bar\n\n",
                b"data:" + chunk[:1] + b"\rdata: " + chunk[1:] + b"\r\r",
                *[bytes([byte]) for byte in text_event("😀")],
                event({"delta": {"role": "assistant"}}),
                event({"delta": {"content": None}}),
                event({"delta": {"content": [{"type": "text", "text": "!"}]}}),
                event({"index": 1, "delta": {"content": "another"}}),
                FINISH,
                b"data: [DO",
                b"NE]\n\n",
            )),
        )  # fmt: skip
        assert (heard.text, heard.finish, heard.error) == ("é€😀!", "stop", None)

    def test_ends_at_its_end_mark(self, upstream: Upstream) -> None:
        heard = ask(upstream, Stream((text_event("Hi"), FINISH, DONE, DONE, text_event("more"), b"data: {")))
        assert (heard.text, heard.error) == ("Hi", None)

    def test_that_goes_on_after_its_end_mark_is_closed(self, upstream: Upstream) -> None:
        pieces = (text_event("Hi") + FINISH + DONE, *[b": still here\n\n"] * 1000)
        assert ask(upstream, Stream(pieces, pause=0.05)).error is None
        assert upstream.record().closed.wait(1)

    def test_with_nul_surrogates_and_bad_bytes_is_safe_text(self, upstream: Upstream) -> None:
        raw = b'data: {"choices": [{"delta": {"content": "a\\u0000b\\ud83dc\xff"}}]}\n\n'
        assert ask(upstream, Stream((raw, FINISH))).text == "a\ufffdb\ufffdc\ufffd"

    @pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": -1, "completion_tokens": 10**9}])
    def test_with_unbelievable_usage_has_none(self, upstream: Upstream, usage: Any) -> None:
        last = b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n"
        heard = ask(upstream, Stream((text_event("Hi"), FINISH, last, DONE)))
        assert (heard.text, heard.usage, heard.error) == ("Hi", None, None)

    def test_with_usage_twice_gives_both_in_order(self, upstream: Upstream) -> None:
        pieces = (text_event("Hi"), FINISH, usage_event((1, 1)), usage_event((12, 5)), DONE)
        heard = ask(upstream, Stream(pieces))
        assert [chunk.usage for chunk in heard.chunks if chunk.usage] == [Usage(1, 1), Usage(12, 5)]


class TestCap:
    def test_holds_for_an_endless_answer(self, upstream: Upstream) -> None:
        heard = ask(upstream, Answer(itertools.repeat("x" * 10_000)))
        assert isinstance(heard.error, TooLarge)
        assert MIB - 10_000 <= len(heard.text) <= MIB
        assert upstream.record().closed.wait(1)

    def test_holds_for_an_event_of_10_mb(self, upstream: Upstream) -> None:
        heard = ask(upstream, Stream((text_event("one"), text_event("x" * 10 * MIB), FINISH)))
        assert isinstance(heard.error, TooLarge)
        assert heard.text == "one"

    def test_holds_for_a_completion(self, upstream: Upstream) -> None:
        assert isinstance(ask(upstream, Completion("x" * (MIB + 1))).error, TooLarge)
        assert isinstance(ask(upstream, Completion("x" * 9 * MIB)).error, TooLarge)

    def test_holds_for_endless_comments(self, upstream: Upstream) -> None:
        assert isinstance(ask(upstream, Stream((b": " + b"x" * 10_000 + b"\n",) * 7_000)).error, TooLarge)

    def test_is_not_met_by_100_000_tiny_events(self, upstream: Upstream) -> None:
        heard = ask(upstream, Stream((*[text_event("x") * 1000] * 100, FINISH, DONE)))
        assert (len(heard.text), heard.error) == (100_000, None)

    @pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
    def test_is_not_left_to_a_bomb(self, upstream: Upstream, encoding: str) -> None:
        bomb = gzip.compress(bytes(10 * MIB))
        heard = ask(upstream, Stream((bomb,), headers={"Content-Encoding": encoding}))
        assert isinstance(heard.error, BadAnswer)
        assert "compressed" in heard.error.detail
