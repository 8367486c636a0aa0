"""The protocol of chat completions, written and read."""

import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.llm import (
    BadAnswer,
    BadRequest,
    ChatMessage,
    ChatRequest,
    Chunk,
    InStreamError,
    ModelError,
    Parameters,
    Usage,
    parse_chunk,
    parse_completion,
    render_request,
)

HELLO = (ChatMessage("user", "Hello"),)


def chunk(**body: Any) -> Chunk:
    parsed = parse_chunk(json.dumps(body))
    assert parsed is not None
    return parsed


def said(content: Any) -> str:
    return chunk(choices=[{"index": 0, "delta": {"content": content}}]).text


def used(**body: Any) -> Usage | None:
    return chunk(choices=[], **body).usage


class TestRequest:
    def test_holds_the_model_the_messages_and_a_wish_for_usage(self) -> None:
        assert json.loads(render_request(ChatRequest("m", HELLO))) == {
            "model": "m",
            "messages": [{"role": "user", "content": "Hello"}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }

    def test_asks_for_no_stream_when_none_is_wanted(self) -> None:
        body = json.loads(render_request(ChatRequest("m", HELLO, stream=False)))
        assert set(body) == {"model", "messages"}

    def test_sends_the_parameters_that_are_set_also_when_they_are_zero(self) -> None:
        parameters = Parameters(
            temperature=0, max_tokens=5, stop=("a", "b"), tools=(MappingProxyType({"type": "function"}),)
        )
        body = json.loads(render_request(ChatRequest("m", HELLO, parameters)))
        assert {
            name: body[name] for name in set(body) - {"model", "messages", "stream", "stream_options"}
        } == {
            "temperature": 0,
            "max_tokens": 5,
            "stop": ["a", "b"],
            "tools": [{"type": "function"}],
        }

    def test_replaces_what_no_utf_8_can_hold(self) -> None:
        body = json.loads(render_request(ChatRequest("m", (ChatMessage("user", "a\ud800b"),))))
        assert body["messages"][0]["content"] == "a\ufffdb"

    def test_is_refused_when_it_cannot_be_json(self) -> None:
        with pytest.raises(BadRequest):
            render_request(ChatRequest("m", HELLO, Parameters(seed=10**30)))


class TestChunk:
    def test_gives_text_model_and_id(self) -> None:
        assert chunk(
            id="gen-1", model="m", choices=[{"index": 0, "delta": {"role": "assistant", "content": "Hi"}}]
        ) == Chunk(text="Hi", model="m", upstream_id="gen-1")

    def test_is_none_for_the_end_mark(self) -> None:
        assert parse_chunk("[DONE]") is None
        assert parse_chunk(" [DONE] ") is None

    @pytest.mark.parametrize(
        "body",
        [
            {"choices": []},
            {"choices": None},
            {},
            {"id": "", "model": None, "choices": [{"index": 0, "delta": {"role": "assistant"}}]},
            {"choices": [{"delta": {}, "finish_reason": None}], "usage": None},
            {"choices": [{"delta": None}]},
            {"choices": [{"delta": {"content": None}}]},
            {"choices": [{"index": 1, "delta": {"content": "another choice"}, "finish_reason": "stop"}]},
        ],
    )
    def test_is_empty_when_an_event_says_nothing_to_us(self, body: dict[str, Any]) -> None:
        assert chunk(**body) == Chunk()

    def test_takes_the_first_of_several_choices_wherever_it_stands(self) -> None:
        choices = [{"index": 1, "delta": {"content": "b"}}, {"index": 0, "delta": {"content": "a"}}]
        assert chunk(choices=choices).text == "a"

    def test_joins_the_text_parts_of_a_list(self) -> None:
        parts = [{"type": "text", "text": "a"}, {"type": "image_url"}, "b", None, {"text": 3}]
        assert said(parts) == "ab"

    def test_gives_the_finish_reason_as_it_is(self) -> None:
        assert chunk(choices=[{"delta": {}, "finish_reason": "length"}]).finish_reason == "length"

    def test_replaces_nul_and_lone_surrogates(self) -> None:
        assert said("a\0b") == "a\ufffdb"
        assert said("a\ud83d") == "a\ufffd"
        assert said("\ude00 😀") == "\ufffd 😀"

    @pytest.mark.parametrize(
        "data",
        ["{", "not json", "[]", "42", "null", '{"choices": 1}', '{"choices": [1]}',
         '{"choices": [{"delta": 1}]}',
         '{"choices": [{"delta": {"content": 1}}]}', "[" * 100_000],
    )  # fmt: skip
    def test_that_is_none_is_a_bad_answer(self, data: str) -> None:
        with pytest.raises(BadAnswer):
            parse_chunk(data)

    def test_with_an_error_raises_it_with_the_providers_words(self) -> None:
        with pytest.raises(InStreamError) as caught:
            chunk(error={"code": 502, "message": "Provider disconnected"}, choices=[])
        assert (caught.value.detail, caught.value.http_status) == ("Provider disconnected", 502)

    def test_with_the_finish_reason_error_raises(self) -> None:
        with pytest.raises(InStreamError):
            chunk(choices=[{"delta": {"content": ""}, "finish_reason": "error"}])

    @given(st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda some: st.lists(some) | st.dictionaries(
            st.sampled_from(["choices", "delta", "content", "usage", "meta", "error", "text", "index"]), some
        ),
    ))  # fmt: skip
    def test_of_any_json_gives_a_chunk_or_our_error(self, body: Any) -> None:
        try:
            parsed = parse_chunk(json.dumps(body))
        except ModelError:
            return
        assert parsed is not None
        assert "\0" not in parsed.text
        parsed.text.encode()


class TestUsage:
    def test_counts_tokens_and_cost(self) -> None:
        meta = {"usage": {"credits_used": 44, "usd_spent": 0.000022}}
        assert used(usage={"prompt_tokens": 12, "completion_tokens": 5}, meta=meta) == Usage(12, 5, 22_000)

    def test_takes_credits_at_500_nano_usd_when_there_are_no_dollars(self) -> None:
        assert used(meta={"usage": {"credits_used": 44}}) == Usage(None, None, 22_000)

    def test_lets_the_dollars_win_over_the_credits(self) -> None:
        assert used(meta={"usage": {"credits_used": 1, "usd_spent": 1.5}}) == Usage(None, None, 1_500_000_000)

    def test_takes_the_cost_in_dollars_that_openrouter_sends(self) -> None:
        assert used(usage={"prompt_tokens": 1, "cost": 0.001}) == Usage(1, None, 1_000_000)

    @pytest.mark.parametrize("tokens", [None, -1, 10_000_001, True, 1.0, "12", [], 10**30])
    def test_does_not_believe_what_cannot_be(self, tokens: Any) -> None:
        assert used(usage={"prompt_tokens": tokens, "completion_tokens": 5}) == Usage(None, 5, None)
        assert used(usage={"prompt_tokens": tokens, "completion_tokens": tokens}) is None

    @pytest.mark.parametrize("usd", [None, -0.1, 1e30, True, "0.1", float("nan"), float("inf")])
    def test_does_not_believe_a_cost_that_cannot_be(self, usd: Any) -> None:
        assert used(meta={"usage": {"usd_spent": usd}}) is None

    @pytest.mark.parametrize(
        "body", [{}, {"usage": None}, {"usage": []}, {"meta": {"usage": None}}, {"meta": 1}]
    )
    def test_may_be_absent(self, body: dict[str, Any]) -> None:
        assert used(**body) is None


class TestCompletion:
    def test_is_read_as_the_providers_page_shows_it(self) -> None:
        body = {
            "id": "gen-1744193337-VPTpAxEsMzJ79PKh5w4X",
            "object": "chat.completion",
            "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None,
                         "message": {"role": "assistant", "content": "Hello!", "refusal": None}}],
            "model": "mistralai/mistral-tiny",
            "usage": {"prompt_tokens": 2, "completion_tokens": 42, "total_tokens": 44},
        }  # fmt: skip
        assert parse_completion(json.dumps(body).encode()) == Chunk(
            "Hello!", "stop", Usage(2, 42), "mistralai/mistral-tiny", "gen-1744193337-VPTpAxEsMzJ79PKh5w4X"
        )

    @pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"choices": []}', b'{"status": "ok"}'])
    def test_that_is_none_is_a_bad_answer(self, body: bytes) -> None:
        with pytest.raises(BadAnswer):
            parse_completion(body)

    def test_with_an_error_raises_it(self) -> None:
        with pytest.raises(InStreamError):
            parse_completion(b'{"error": "overloaded"}')
