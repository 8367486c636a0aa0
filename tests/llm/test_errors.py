"""What the provider's refusals mean, and what nobody may read in them."""

import json
from typing import Any

import pytest

from chat.llm import (
    BadRequest,
    ContextTooLong,
    KeyRefused,
    ModelError,
    ModelGone,
    OutOfCredit,
    RateLimited,
    Redirected,
    ServerError,
    SystemRoleRefused,
    TimedOut,
    parse_error,
)

KEY = "a1b2c3d4e5f6"


def refused(status: int, body: Any = b"", **headers: str) -> ModelError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse_error(status, data, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("status", "kind", "code", "retryable"),
    [
        (302, Redirected, "redirected", False),
        (400, BadRequest, "bad_request", False),
        (401, KeyRefused, "key_refused", False),
        (402, OutOfCredit, "out_of_credit", False),
        (403, OutOfCredit, "out_of_credit", False),
        (404, ModelGone, "model_gone", False),
        (408, TimedOut, "timeout", True),
        (413, BadRequest, "bad_request", False),
        (422, BadRequest, "bad_request", False),
        (429, RateLimited, "rate_limited", True),
        (500, ServerError, "server_error", True),
        (501, ServerError, "server_error", False),
        (502, ServerError, "server_error", True),
        (503, ServerError, "server_error", True),
        (504, TimedOut, "timeout", True),
    ],
)
def test_each_status_has_its_meaning(status: int, kind: type[ModelError], code: str, retryable: bool) -> None:
    error = refused(status)
    assert (type(error), error.code, error.retryable, error.http_status) == (kind, code, retryable, status)
    assert error.sentence.endswith(".")


@pytest.mark.parametrize(
    "body",
    [
        {"message": "no good", "statusCode": 400, "requestId": "7"},
        {"title": "Bad Request", "status": 400, "message": "no good", "error": {"x": 1}},
        {"error": {"message": "no good", "type": "t", "param": None, "code": "c"}},
        {"error": "no good"},
        {"detail": "no good"},
        {"detail": [{"loc": ["body"], "msg": "no good"}]},
        {"message": ["no good"]},
        b"no good",
    ],
)
def test_every_shape_of_body_gives_the_providers_words(body: Any) -> None:
    assert refused(400, body).detail == "HTTP 400: no good"


@pytest.mark.parametrize(
    "body", [b"", b"\xff\x00", b"[]", b"null", b"[" * 9000, b'{"error":' * 900 + b"1" + b"}" * 900]
)
def test_no_body_is_too_strange(body: bytes) -> None:
    assert refused(500, body).detail.startswith("HTTP 500:")


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 32000 tokens",
        "the request exceeds the available context size",
        "Prompt is too long",
        "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
    ],
)
def test_a_context_that_is_too_long_is_told_apart(message: str) -> None:
    assert isinstance(refused(400, {"message": message}), ContextTooLong)


@pytest.mark.parametrize(
    "message",
    [
        "this model does not support 'system' messages",
        "System role not supported",
        "Only user and assistant roles are supported!",
        "Unexpected role 'system' after role 'user'",
    ],
)
def test_a_refused_system_role_is_told_apart(message: str) -> None:
    assert isinstance(refused(400, {"error": {"message": message}}), SystemRoleRefused)


@pytest.mark.parametrize("message", ["the operating system is on fire", "messages must alternate"])
def test_any_other_bad_request_stays_one(message: str) -> None:
    assert type(refused(400, {"message": message})) is BadRequest


def test_a_gone_model_is_named_with_the_setting() -> None:
    error = parse_error(404, b"", {}, model="mistralai/mistral-tiny")
    assert error.sentence == (
        'The model "mistralai/mistral-tiny" is gone. '
        "An administrator can choose another with the setting MODEL_ID."
    )
    assert "MODEL_ID" in error.detail


def test_a_model_that_is_not_valid_is_gone_whatever_the_status() -> None:
    assert isinstance(refused(400, {"message": "mistral/tiny is not a valid model ID"}), ModelGone)


@pytest.mark.parametrize("status", [401, 402, 403])
def test_the_administrator_is_asked_where_only_they_can_help(status: int) -> None:
    assert "ask the administrator" in refused(status).sentence


@pytest.mark.parametrize(
    "message",
    [
        f"Incorrect API key provided: {KEY}.",
        "Incorrect API key provided: sk-proj-abc_DEF-123.",
        "Incorrect API key provided: sk-ab****6789.",
        "headers were Authorization: Bearer abc.def/ghi= and so on",
        f"{'x' * 250} and then {KEY} at the end, where it is cut {KEY}",
    ],
)
def test_no_key_is_shown(message: str) -> None:
    error = refused(401, {"message": message}).hiding(KEY)
    for shown in (error.detail, str(error), repr(error), error.sentence):
        assert not any(secret in shown for secret in (KEY, KEY[:6], "abc", "6789"))
    assert "[key]" in error.detail


def test_the_detail_is_one_line_of_300_characters_at_most() -> None:
    detail = refused(500, b"a\r\nb\0\tc " + b"x" * 5000).detail
    assert len(detail) == 300
    assert detail.startswith("HTTP 500: a b")
    assert detail.isprintable()
