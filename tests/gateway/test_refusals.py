"""What goes wrong at the provider's reaches a client with its meaning, and in OpenAI's shape."""

from typing import Any

import pytest
from django.db import OperationalError

from chat import gateway
from chat.models import ApiKey
from tests.gateway.asking import PATH, Script
from tests.upstream import Answer, Html, Reset, Status, Upstream

NOW = {"Retry-After": "0"}
MEANT = {
    "not valid": (Status(400, {"message": "top_p is odd"}), 400, "bad_request", "top_p is odd"),
    "too long": (Status(400, "context length is 10"), 400, "context_length_exceeded", "context length"),
    "the site's key": (Status(401, "not sk-abcdef123456"), 502, "key_refused", "Parley's key"),
    "no credit": (Status(403), 502, "out_of_credit", "no credit left"),
    "gone": (Status(404), 404, "model_not_found", "is gone"),
    "too often": (Status(429, headers=NOW), 429, "rate_limited", "asked too much"),
    "broken": (Status(500, headers=NOW), 502, "server_error", "a problem of its own"),
    "away": (Status(503, headers=NOW), 503, "server_error", "a problem of its own"),
    "too slow": (Status(504, headers=NOW), 504, "timeout", "too long to answer"),
    "no answer": (Html(), 502, "bad_answer", "not an answer"),
    "elsewhere": (Status(302, headers={"Location": "http://127.0.0.1:9/"}), 502, "redirected", "has moved"),
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("play", "status", "code", "words"), MEANT.values(), ids=MEANT)
def test_an_error_of_the_providers_keeps_its_meaning(
    script: Script, upstream: Upstream, play: Any, status: int, code: str, words: str, stream: bool
) -> None:
    upstream.default = lambda record: play
    answer = script.ask(stream=stream)
    assert (answer.status, answer.error["code"]) == (status, code)
    assert words in answer.error["message"]
    assert set(answer.error) == {"message", "type", "param", "code"}
    assert "sk-abcdef" not in answer.text
    assert answer.headers["x-request-id"] == str(script.calls[-1].request_id)
    assert {call.status for call in script.calls} == {"failed"}
    assert (
        len(upstream.records)
        == len(script.calls)
        == (3 if play.__class__ is Status and play.headers == NOW else 1)
    )


def test_too_often_keeps_the_time_to_wait(script: Script, upstream: Upstream) -> None:
    upstream.play(Status(429, headers={"Retry-After": "70"}))
    answer = script.ask()
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "70"
    assert "x-should-retry" not in answer.headers
    assert len(upstream.records) == 1


def test_a_provider_that_breaks_the_connection_off(script: Script, upstream: Upstream) -> None:
    upstream.default = lambda record: Answer(ending=Reset(-1))
    answer = script.ask()
    assert answer.status == 502
    assert answer.error["code"] == "unreachable"


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_another_method_is_a_405(script: Script, method: str) -> None:
    answer = script.request(method, PATH)
    assert answer.status == 405
    assert answer.headers["Allow"] == "POST"
    if method != "head":
        assert answer.error["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "path", ["/v1/", "/v1/embeddings", "/v1/chat/completions/", "/v1/models/", "/v1/models/no-such"]
)
def test_an_unknown_address_has_the_same_shape(script: Script, path: str) -> None:
    answer = script.get(path)
    assert answer.status == 404
    assert answer.error["message"]
    assert answer.headers["Content-Type"] == "application/json"


def test_a_process_that_ends_asks_to_come_again(script: Script, upstream: Upstream) -> None:
    script.running.run(script.running.gateway.drain(0))
    answer = script.ask()
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"
    assert "x-should-retry" not in answer.headers
    assert upstream.records == []


def test_a_database_that_is_away_is_a_503(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(ApiKey.objects.__class__, "by_secret", away)
    answer = script.ask()
    assert answer.status == 503
    assert answer.error["code"] == "database_away"


def test_a_fault_of_our_own_says_nothing_of_itself(
    script: Script, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("inner words")

    monkeypatch.setattr(gateway, "read", broken)
    answer = script.ask()
    assert answer.status == 500
    assert answer.error["code"] == "internal_error"
    assert "inner words" not in answer.text
    assert "inner words" in caplog.text


def test_the_models_are_those_of_the_site(script: Script, settings: Any) -> None:
    settings.MODELS = ("mistralai/mistral-tiny", "other")
    body = script.get("/v1/models").json
    assert body["object"] == "list"
    assert [model["id"] for model in body["data"]] == ["mistralai/mistral-tiny", "other"]
    assert script.get("/v1/models/mistralai/mistral-tiny").json == body["data"][0]
    assert set(body["data"][0]) == {"id", "object", "created", "owned_by"}


def test_an_unknown_host_is_told_so_in_the_same_shape(script: Script) -> None:
    answer = script.request("get", "/v1/models", Host="evil.example")
    assert answer.status == 400
    assert "ALLOWED_HOSTS" in answer.error["message"]
