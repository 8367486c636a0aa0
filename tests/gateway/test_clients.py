"""Clients that people have: with only address and key changed they work, each in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients import python_of_clients
from tests.gateway.live import Live, live
from tests.upstream import UPSTREAM_ID, Answer

__all__ = ["live"]

pytestmark = pytest.mark.only_on("sqlite")  # nothing of it is about the database

CLIENTS = Path(__file__).parent / "clients"


def run(python: Path | str, program: str, **environment: str) -> str:
    """What the program prints."""
    quiet = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENAI", "LANG", "LITE"))
    }
    done = subprocess.run(
        [str(python), "-"],
        input=program,
        env={**quiet, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_providers_own_example_prints_an_answer_of_the_documented_shape(live: Live) -> None:
    live.upstream.play(Answer("Hello! How can I assist you today?", usage=(2, 42)))
    program = (
        (CLIENTS / "page.py")
        .read_text("utf-8")
        .replace("https://api.aimlapi.com", live.site.url)
        .replace("<YOUR_AIMLAPI_KEY>", live.secret)
    )

    printed = json.loads(run(sys.executable, program))

    assert isinstance(printed.pop("created"), int)
    message = {"role": "assistant", "content": "Hello! How can I assist you today?", "refusal": None}
    assert printed == {
        "id": UPSTREAM_ID,
        "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "message": message}],
        "model": "mistralai/mistral-tiny",
        "usage": {"prompt_tokens": 2, "completion_tokens": 42, "total_tokens": 44},
    }


@pytest.mark.parametrize("client", ["official", "langchain", "lite"])
def test_a_client_works_unchanged(live: Live, client: str) -> None:
    printed = run(
        python_of_clients(),
        (CLIENTS / f"{client}.py").read_text("utf-8"),
        OPENAI_BASE_URL=live.base_url,
        OPENAI_API_KEY=live.secret,
        LITELLM_LOCAL_MODEL_COST_MAP="True",
    )
    assert printed.strip().endswith("well")
