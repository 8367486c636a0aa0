"""The first request of a new key: every program runs as it stands, and shows what came."""

import json
from pathlib import Path

import pytest

from chat.examples import Example, first_requests
from tests.examples.programs import run
from tests.examples.test_examples import HOSTILE
from tests.upstream import Completion, Status, Upstream

KEY = "pk-the_new-one0"
NAMES = ["curl", "requests", "httpx", "openai", "javascript"]


def body_of(text: str) -> dict[str, object]:
    return {"model": "mistralai/mistral-tiny", "messages": [{"role": "user", "content": text}]}


def example_of(name: str, text: str, base_url: str) -> Example:
    found = {example.name: example for example in first_requests(body_of(text), base_url=base_url, key=KEY)}
    assert list(found) == NAMES
    return found[name]


@pytest.mark.parametrize("text", ["Hello", "\n".join(HOSTILE).replace("\r", "")])
@pytest.mark.parametrize("name", NAMES)
def test_it_asks_with_the_key_and_shows_the_answer(
    name: str, text: str, upstream: Upstream, tmp_path: Path
) -> None:
    upstream.play(Completion("Good 👍 day"))
    example = example_of(name, text, upstream.url)

    done = run(example.language, example.code, tmp_path)

    assert done.returncode == 0, done.stderr
    record = upstream.record()
    assert record.body == body_of(text)
    assert record.headers["authorization"] == f"Bearer {KEY}"
    assert record.headers["content-type"] == "application/json"
    if name == "openai":
        assert done.stdout == "Good 👍 day\n"
    else:
        assert json.loads(done.stdout)["choices"][0]["message"]["content"] == "Good 👍 day"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "curl"])
def test_a_refusal_is_shown_and_is_a_failure(name: str, upstream: Upstream, tmp_path: Path) -> None:
    upstream.play(Status(401, {"error": {"message": "This key is disabled."}}))
    example = example_of(name, "Hello", upstream.url)
    done = run(example.language, example.code, tmp_path)
    assert done.returncode == 1
    assert "This key is disabled." in done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_it_turns_what_is_read_around(name: str) -> None:
    code = example_of(name, HOSTILE[5], "http://127.0.0.1/v1").code
    assert "\u202e" not in code
