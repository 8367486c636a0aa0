"""Requests as source text: whoever runs it sends exactly what stands there."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from chat.examples import examples_of
from chat.llm import ChatMessage, ChatRequest, Parameters, render_request
from tests.examples.programs import KEY, run
from tests.upstream import Answer, Status, Upstream

HOSTILE = (
    "It's \"quoted\", 'twice' and `thrice`",
    "one\ntwo\r\nthree\ttabs\\n and \\\\ at the end\\",
    "$(touch /tmp/never) `id` $HOME ${HOME} !! %s {x} {{y}}",
    "</script><script>alert(1)</script><!-- -->",
    "JSON\nJSON\n'''\n\"\"\"\nEOF",
    "emoji 👩‍👩‍👧 flags 🇩🇪 and 😀, \u202etxt.exe\u2069, zero\u200bwidth, \u2028line\u2029ends, \x7f\x1b[31m\x85",
    "中文 עברית \ufeff \U000e0041 \uf8ff \u00a0",
)
LANGUAGES = {"curl": "sh", "python": "python", "javascript": "javascript"}


def body_of(*texts: str, **parameters: Any) -> dict[str, Any]:
    turns = tuple(ChatMessage("user", text) for text in texts)
    body: dict[str, Any] = orjson.loads(render_request(ChatRequest("m/x", turns, Parameters(**parameters))))
    return body


def code_of(name: str, body: dict[str, Any], base_url: str, key_variable: str = "MODEL_API_KEY") -> str:
    examples = examples_of(body, base_url=base_url, key_variable=key_variable)
    return next(example.code for example in examples if example.name == name)


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_arrives_is_what_was_to_be_sent(name: str, upstream: Upstream, tmp_path: Path) -> None:
    body = body_of(*HOSTILE, temperature=0.1, top_p=1.0, max_tokens=64, stop=["'\n", '"'], seed=7)
    upstream.play(Answer("Good 👍 day"))

    done = run(LANGUAGES[name], code_of(name, body, upstream.url), tmp_path)

    assert done.returncode == 0, done.stderr
    record = upstream.record()
    assert record.body == body
    assert record.headers["authorization"] == f"Bearer {KEY}"
    assert record.headers["content-type"] == "application/json"
    if name != "curl":  # which shows the events as they come
        assert done.stdout == "Good 👍 day\n"


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_conversation_as_long_as_may_be_is_sent_too(name: str, upstream: Upstream, tmp_path: Path) -> None:
    body = body_of("it's long\n" * 30_000)
    done = run(LANGUAGES[name], code_of(name, body, upstream.url), tmp_path)
    assert done.returncode == 0, done.stderr
    assert upstream.record().body == body


@pytest.mark.parametrize("name", LANGUAGES)
def test_an_endpoint_without_a_key_gets_none(name: str, upstream: Upstream, tmp_path: Path) -> None:
    code = code_of(name, body_of("Hello"), upstream.url, key_variable="")
    assert run(LANGUAGES[name], code, tmp_path).returncode == 0
    assert "authorization" not in upstream.record().headers


@pytest.mark.parametrize("name", ["python", "javascript"])
def test_a_refusal_is_shown(name: str, upstream: Upstream, tmp_path: Path) -> None:
    upstream.play(Status(401, {"message": "no such key"}))
    done = run(LANGUAGES[name], code_of(name, body_of("Hello"), upstream.url), tmp_path)
    assert done.returncode == 1
    assert "no such key" in done.stderr


def test_json_says_the_same_and_shows_every_character() -> None:
    body = body_of(*HOSTILE)
    code = code_of("json", body, "http://127.0.0.1/v1")
    assert json.loads(code) == body
    assert code.replace("\n", "").isprintable()


@pytest.mark.parametrize("name", ["json", *LANGUAGES])
def test_nothing_in_it_turns_what_is_read_around(name: str) -> None:
    assert "\u202e" not in code_of(name, body_of(*HOSTILE), "http://127.0.0.1/v1")


def test_javascript_can_stand_in_a_page() -> None:
    code = code_of("javascript", body_of(*HOSTILE), "http://127.0.0.1/v1")
    assert "</" not in code
    assert "<!" not in code
