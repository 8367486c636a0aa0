"""The client when the upstream does what it should."""

import asyncio
from typing import Any

import pytest

from chat.llm import (
    BadAnswer,
    ChatRequest,
    Chunk,
    Client,
    Endpoint,
    ModelError,
    Parameters,
    RateLimited,
    Unreachable,
    Usage,
)
from tests.llm.asking import FINISH, HELLO, KEY, Heard, ask, listen, with_client
from tests.upstream import (
    UPSTREAM_ID,
    Answer,
    Completion,
    Gate,
    Html,
    Play,
    Raw,
    Status,
    Upstream,
    text_event,
)


class TestAnswer:
    def test_comes_whole_with_its_finish_and_its_usage(self, upstream: Upstream) -> None:
        heard = ask(upstream, Answer("Hello **world** é€😀", usage=(12, 5), cost_usd=0.001))
        assert (heard.text, heard.finish, heard.error) == ("Hello **world** é€😀", "stop", None)
        assert heard.usage == Usage(12, 5, 1_000_000)
        assert heard.upstream_id == UPSTREAM_ID

    def test_arrives_while_the_upstream_still_speaks(self, upstream: Upstream) -> None:
        gate = Gate(2)
        upstream.play(Answer("one two three", gates=(gate,)))

        async def first_text(client: Client) -> str:
            heard = ""
            async with client.stream(HELLO, request_id="call-1") as batches:
                async for chunks in batches:
                    heard += "".join(chunk.text for chunk in chunks)
                    if heard == "one two ":
                        gate.release()
            return heard

        assert with_client(upstream.url, first_text) == "one two three"

    @pytest.mark.parametrize("reason", ["length", "content_filter"])
    def test_keeps_the_finish_reason_that_was_given(self, upstream: Upstream, reason: str) -> None:
        assert ask(upstream, Answer("Hi", finish=reason)).finish == reason

    def test_needs_no_end_mark_after_a_finish_reason(self, upstream: Upstream) -> None:
        heard = ask(upstream, Answer("Hi", done=False))
        assert (heard.text, heard.error) == ("Hi", None)

    def test_may_come_with_any_2xx(self, upstream: Upstream) -> None:
        head = b"HTTP/1.1 201 Created\r\nContent-Type: text/event-stream\r\n\r\n"
        assert ask(upstream, Raw(head + text_event("Hi") + FINISH)).text == "Hi"

    def test_has_the_id_of_the_header_first(self, upstream: Upstream) -> None:
        assert ask(upstream, Answer("Hi", headers={"X-Inference-Id": "inf-7"})).upstream_id == "inf-7"

    def test_that_is_a_completion_instead_of_a_stream_is_one_chunk(self, upstream: Upstream) -> None:
        heard = ask(upstream, Completion("Hello!", usage=(2, 42), headers={"X-AIMLAPI-Credits-Used": "44"}))
        assert heard.chunks == [
            Chunk("Hello!", "stop", Usage(2, 42, 22_000), "mistralai/mistral-tiny", UPSTREAM_ID)
        ]
        assert heard.error is None

    def test_leaves_its_connection_for_the_next_one(self, upstream: Upstream) -> None:
        async def thrice(client: Client) -> None:
            for _ in range(3):
                await listen(client, Heard())

        with_client(upstream.url, thrice)
        assert len({record.connection for record in upstream.records}) == 1

    def test_has_company_without_a_limit(self, upstream: Upstream) -> None:
        gates = [Gate(1) for _ in range(150)]
        upstream.play(*(Answer("one two", gates=(gate,)) for gate in gates))

        async def together(client: Client) -> list[Heard]:
            tasks = [asyncio.create_task(listen(client, Heard())) for _ in gates]
            for gate in gates:
                assert await asyncio.to_thread(gate.reached.wait, 10)
            for gate in gates:
                gate.release()
            return await asyncio.gather(*tasks)

        assert {heard.text for heard in with_client(upstream.url, together)} == {"one two"}


class TestRequest:
    def test_carries_key_id_and_name_and_wants_no_compression(self, upstream: Upstream) -> None:
        ask(upstream)
        headers = upstream.record().headers
        assert headers["authorization"] == f"Bearer {KEY}"
        assert headers["x-client-request-id"] == "call-1"
        assert headers["user-agent"] == "Parley"
        assert headers["accept-encoding"] == "identity"
        assert headers["content-type"] == "application/json"
        assert upstream.record().path == "/v1/chat/completions"

    def test_carries_the_parameters(self, upstream: Upstream) -> None:
        request = ChatRequest("m", HELLO.messages, Parameters(max_tokens=7))
        with_client(upstream.url, lambda client: listen(client, Heard(), request))
        assert upstream.record().body["max_tokens"] == 7
        assert upstream.record().body["stream"] is True

    def test_without_a_key_says_nothing_of_one(self, upstream: Upstream) -> None:
        async def ask_without_key() -> None:
            client = Client(Endpoint(upstream.url))
            await listen(client, Heard())
            await client.aclose()

        asyncio.run(ask_without_key())
        assert "authorization" not in upstream.record().headers

    @pytest.mark.parametrize("request_id", ["", "a b", "é", "x" * 129, "a\n"])
    def test_with_an_id_that_the_provider_refuses_is_not_sent(
        self, upstream: Upstream, request_id: str
    ) -> None:
        async def ask_with(client: Client) -> None:
            async with client.stream(HELLO, request_id=request_id):
                pass

        with pytest.raises(ValueError, match="request id"):
            with_client(upstream.url, ask_with)
        assert upstream.records == []

    def test_takes_no_notice_of_proxy_variables(self, upstream: Upstream, monkeypatch: Any) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        assert ask(upstream).error is None

    def test_sends_no_cookie_back(self, upstream: Upstream) -> None:
        upstream.play(Answer("Hi", headers={"Set-Cookie": "a=b; Path=/"}))

        async def twice(client: Client) -> None:
            await listen(client, Heard())
            await listen(client, Heard())

        with_client(upstream.url, twice)
        assert "cookie" not in upstream.record(1).headers


class TestCompletion:
    def test_is_asked_for_without_a_stream(self, upstream: Upstream) -> None:
        upstream.play(Completion("A title", usage=(9, 2), headers={"x-inference-id": "inf-1"}))
        whole = with_client(upstream.url, lambda client: client.complete(HELLO, request_id="t-1"))
        assert whole == Chunk("A title", "stop", Usage(9, 2), "mistralai/mistral-tiny", "inf-1")
        assert "stream" not in upstream.record().body

    @pytest.mark.parametrize(
        ("headers", "cost"),
        [
            ({"x-aimlapi-credits-used": "44"}, 22_000),
            ({"x-aimlapi-credits-used": "44", "x-aimlapi-usd-spent": "0.5"}, 500_000_000),
            ({"x-aimlapi-usd-spent": "much"}, None),
        ],
    )
    def test_has_the_cost_of_its_headers(self, upstream: Upstream, headers: Any, cost: int | None) -> None:
        upstream.play(Completion("A title", usage=(9, 2), headers=headers))
        whole = with_client(upstream.url, lambda client: client.complete(HELLO, request_id="t-1"))
        assert whole.usage == Usage(9, 2, cost)

    @pytest.mark.parametrize(
        ("play", "kind"),
        [(Status(429), RateLimited), (Html(), BadAnswer), (Answer("Hi"), BadAnswer), (Raw(b""), Unreachable)],
    )
    def test_fails_like_a_stream(self, upstream: Upstream, play: Play, kind: type[ModelError]) -> None:
        upstream.play(play)
        with pytest.raises(kind):
            with_client(upstream.url, lambda client: client.complete(HELLO, request_id="t-1"))


class TestModels:
    def test_are_listed_in_the_providers_order(self, upstream: Upstream) -> None:
        upstream.models = ("b", "a", "b")
        assert with_client(upstream.url, Client.models) == ("b", "a")

    def test_are_none_when_the_provider_does_not_tell(self) -> None:
        assert with_client("http://127.0.0.1:9/v1", Client.models) == ()
