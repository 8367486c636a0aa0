"""The client when the upstream refuses, fails or breaks off."""

import gzip
import itertools
import json
import socket
import time
from contextlib import closing
from typing import Any

import pytest

from chat.llm import (
    BadAnswer,
    BrokenStream,
    Endpoint,
    InStreamError,
    KeyRefused,
    ModelGone,
    RateLimited,
    Redirected,
    ServerError,
    TimedOut,
    Unreachable,
)
from tests.llm.asking import DONE, FINISH, KEY, Heard, ask, listen, with_client
from tests.upstream import (
    Answer,
    Completion,
    Cut,
    Html,
    Raw,
    Reset,
    Silence,
    Status,
    Stream,
    Upstream,
    text_event,
)


class TestRefusal:
    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (400, "bad_request"),
            (401, "key_refused"),
            (403, "out_of_credit"),
            (404, "model_gone"),
            (408, "timeout"),
            (429, "rate_limited"),
            (500, "server_error"),
            (502, "server_error"),
            (503, "server_error"),
            (504, "timeout"),
        ],
    )
    def test_is_told_by_its_status(self, upstream: Upstream, status: int, code: str) -> None:
        heard = ask(upstream, Status(status, {"message": f"no, {KEY}"}))
        assert heard.chunks == []
        assert heard.error is not None
        assert (heard.error.code, heard.error.http_status) == (code, status)
        assert "no, [key]" in heard.error.detail

    def test_of_a_gone_model_names_it(self, upstream: Upstream) -> None:
        error = ask(upstream, Status(404)).error
        assert isinstance(error, ModelGone)
        assert '"mistralai/mistral-tiny"' in error.sentence

    def test_says_how_long_to_wait(self, upstream: Upstream) -> None:
        error = ask(upstream, Status(429, headers={"Retry-After": "7"})).error
        assert isinstance(error, RateLimited)
        assert error.retry_after == 7

    def test_by_a_redirect_is_not_followed(self, upstream: Upstream) -> None:
        heard = ask(upstream, Status(307, headers={"Location": f"{upstream.url}/chat/completions"}))
        assert isinstance(heard.error, Redirected)
        assert len(upstream.records) == 1

    def test_with_a_body_that_never_ends_is_still_a_refusal(self, upstream: Upstream) -> None:
        head = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 10000000\r\n\r\n"
        assert isinstance(ask(upstream, Raw(head + b"x" * 200_000)).error, ServerError)

    def test_with_a_compressed_body_is_still_a_refusal(self, upstream: Upstream) -> None:
        body = gzip.compress(b"x" * 1000)
        assert isinstance(ask(upstream, Status(401, body, {"Content-Encoding": "gzip"})).error, KeyRefused)

    def test_hides_the_key_from_every_face_of_the_error(self, upstream: Upstream) -> None:
        error = ask(upstream, Status(401, f"wrong key {KEY}, Bearer {KEY}")).error
        assert error is not None
        assert KEY not in repr(error) + str(error) + repr(vars(error)) + error.sentence + error.detail
        assert error.__cause__ is None
        assert KEY not in repr(Endpoint("http://x", KEY))


class TestUnreachable:
    def test_when_the_connection_is_refused(self) -> None:
        with closing(socket.socket()) as taken:
            taken.bind(("127.0.0.1", 0))
            self.check(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")

    def test_when_the_name_is_unknown(self) -> None:
        self.check("http://nowhere.invalid/v1")

    def test_when_tls_fails(self, upstream: Upstream) -> None:
        self.check(upstream.url.replace("http:", "https:"))

    def test_when_the_connection_is_reset_before_the_headers(self, upstream: Upstream) -> None:
        upstream.play(Answer(ending=Reset(-1)))
        self.check(upstream.url)

    def test_when_the_connection_ends_before_the_headers(self, upstream: Upstream) -> None:
        upstream.play(Raw(b""))
        self.check(upstream.url)

    @pytest.mark.parametrize("url", ["", "ftp://127.0.0.1/v1", "http://", "nonsense", "http://[::1/v1"])
    def test_when_the_address_is_none_and_then_there_is_no_retry(self, url: str) -> None:
        self.check(url, retryable=False)

    def check(self, url: str, *, retryable: bool = True) -> None:
        heard = with_client(url, lambda client: listen(client, Heard()))
        assert isinstance(heard.error, Unreachable), heard.error
        assert heard.error.retryable is retryable


class TestBrokenAnswer:
    """What came before the fault is given first."""

    @pytest.mark.parametrize("after", [0, 1, 3])
    @pytest.mark.parametrize("ending", [Cut, lambda after: Cut(after, clean=False), Reset])
    def test_that_ends_early_is_broken(self, upstream: Upstream, after: int, ending: Any) -> None:
        heard = ask(upstream, Answer("one two three four", ending=ending(after)))
        assert isinstance(heard.error, BrokenStream)
        assert upstream.record().text.startswith(heard.text)
        if ending is not Reset:  # a reset may overtake what was sent before it
            assert heard.text == "".join(["one ", "two ", "three "][:after])

    def test_that_ends_in_mid_event_is_broken(self, upstream: Upstream) -> None:
        heard = ask(upstream, Stream((text_event("one"), text_event("two")[:40])))
        assert isinstance(heard.error, BrokenStream)
        assert heard.text == "one"

    def test_with_an_end_mark_but_no_finish_reason_is_broken(self, upstream: Upstream) -> None:
        heard = ask(upstream, Answer("Hi", finish=None))
        assert isinstance(heard.error, BrokenStream)
        assert heard.text == "Hi"

    def test_that_is_a_completion_without_a_finish_reason_is_broken(self, upstream: Upstream) -> None:
        heard = ask(upstream, Completion("Hi", finish=None))
        assert isinstance(heard.error, BrokenStream)
        assert heard.text == "Hi"

    def test_that_is_cut_after_its_finish_reason_is_whole(self, upstream: Upstream) -> None:
        heard = ask(upstream, Stream((text_event("Hi"), FINISH), clean=False))
        assert (heard.text, heard.finish, heard.error) == ("Hi", "stop", None)

    def test_that_falls_silent_after_its_finish_reason_is_whole_soon(
        self, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chat.llm.answer.AFTER_FINISH_SECONDS", 0.2)
        heard = ask(upstream, Stream((text_event("Hi") + FINISH, DONE), pause=60))
        assert (heard.text, heard.finish, heard.error) == ("Hi", "stop", None)
        assert upstream.record().closed.wait(1)

    @pytest.mark.parametrize("after", [-1, 0, 2])
    def test_that_falls_silent_times_out_and_is_closed(self, upstream: Upstream, after: int) -> None:
        heard = ask(upstream, Answer("one two three", ending=Silence(after)), idle=0.3)
        assert isinstance(heard.error, TimedOut)
        assert not heard.error.retryable
        assert heard.text == "".join(["one ", "two "][: max(0, after)])
        assert upstream.record().closed.wait(1)

    def test_that_drips_is_no_silence(self, upstream: Upstream) -> None:
        drops = tuple(bytes([byte]) for byte in text_event("x")[:24])
        rest = text_event("x")[24:] + FINISH + DONE
        heard = ask(upstream, Stream((*drops, rest), pause=0.06), idle=1.0)
        assert (heard.text, heard.error) == ("x", None)

    @pytest.mark.parametrize("idle", [0.25, 5])
    def test_that_drips_for_ever_ends_with_the_total_time(self, upstream: Upstream, idle: float) -> None:
        began = time.monotonic()
        heard = ask(upstream, Answer(itertools.repeat("x "), delay=0.02), total=0.5, idle=idle)
        assert isinstance(heard.error, TimedOut)
        assert heard.text.startswith("x x ")
        assert 0.45 < time.monotonic() - began < 3
        assert upstream.record().closed.wait(1)

    def test_that_never_gets_headers_ends_with_the_total_time(self, upstream: Upstream) -> None:
        heard = ask(upstream, Answer(ending=Silence(-1)), total=0.3)
        assert isinstance(heard.error, TimedOut)

    def test_with_an_error_inside_raises_it(self, upstream: Upstream) -> None:
        error = json.dumps({"error": {"code": 502, "message": f"gone with {KEY}"}}).encode()
        heard = ask(upstream, Stream((text_event("one"), b"data: " + error + b"\n\n", text_event("two"))))
        assert isinstance(heard.error, InStreamError)
        assert (heard.text, heard.error.detail) == ("one", "gone with [key]")

    def test_with_bad_json_is_none_from_there_on(self, upstream: Upstream) -> None:
        heard = ask(upstream, Stream((text_event("one"), b"data: {oops\n\n", text_event("two"), FINISH)))
        assert isinstance(heard.error, BadAnswer)
        assert heard.text == "one"

    def test_that_is_a_page_is_none(self, upstream: Upstream) -> None:
        heard = ask(upstream, Html())
        assert isinstance(heard.error, BadAnswer)
        assert heard.chunks == []

    @pytest.mark.parametrize("body", [{"status": "ok"}, b"{oops", {"error": {"message": "no"}}])
    def test_that_is_other_json_is_none(self, upstream: Upstream, body: Any) -> None:
        play = Status(200, body, {"Content-Type": "application/json"})
        assert isinstance(ask(upstream, play).error, BadAnswer | InStreamError)

    def test_that_is_not_http_is_none(self, upstream: Upstream) -> None:
        assert isinstance(ask(upstream, Raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")).error, BadAnswer)
