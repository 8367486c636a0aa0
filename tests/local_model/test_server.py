"""What the embedded model's server answers, and to whom."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from chat import local_model
from chat.local_model import LocalModel, NotAnsweringError
from tests.local_model.processes import listening_addresses


def test_it_streams_an_answer_and_reports_its_usage(model: LocalModel) -> None:
    with (
        _client(model) as client,
        client.stream("POST", "/chat/completions", json=_question(stream=True)) as answer,
    ):
        assert answer.status_code == 200
        lines = [line for line in answer.iter_lines() if line]
    assert len(lines) > 3
    assert '"usage":{"completion_tokens":' in lines[-2].replace(" ", "")
    assert lines[-1] == "data: [DONE]"


def test_it_names_itself_as_what_it_is(model: LocalModel) -> None:
    with _client(model) as client:
        answer = client.post("/chat/completions", json=_question(model="mistralai/mistral-tiny")).json()
    assert answer["model"] == model.model == "SmolLM2-135M-Instruct"


def test_a_wrong_key_is_refused(model: LocalModel) -> None:
    with _client(model) as client:
        answer = client.post("/chat/completions", json=_question(), headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401


def test_two_requests_are_answered_at_once(model: LocalModel) -> None:
    """Each stream waits after its first line for the other's, which a queue of one could not give."""
    both_began = threading.Barrier(2, timeout=60)

    def ask(_: int) -> int:
        question = _question(stream=True, max_tokens=64, ignore_eos=True)
        with _client(model) as client, client.stream("POST", "/chat/completions", json=question) as answer:
            lines = (line for line in answer.iter_lines() if line)
            next(lines)
            both_began.wait()
            list(lines)
            return answer.status_code

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(ask, range(2))) == [200, 200]


def test_its_window_is_what_was_asked_for_a_slot(model: LocalModel) -> None:
    assert local_model.context_window(model.base_url, model.api_key) == local_model.WINDOW


def test_its_window_is_not_told_to_a_wrong_key(model: LocalModel) -> None:
    with pytest.raises(NotAnsweringError, match="401"):
        local_model.context_window(model.base_url, "wrong")


def test_a_port_where_nothing_listens_is_not_ready() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        nobody = LocalModel(base_url=f"http://127.0.0.1:{port}/v1", api_key="", model="", pid=0)
        assert not local_model.wait_until_ready(nobody, 0.2)


def test_it_listens_on_loopback_only(model: LocalModel) -> None:
    assert listening_addresses(urlsplit(model.base_url).port or 0) == ["0100007F"]


def test_no_web_page_may_read_its_answers(model: LocalModel) -> None:
    for origin in ("https://evil.example", "http://localhost:8000", "null"):
        with _client(model) as client:
            allowed = client.options("/chat/completions", headers={"Origin": origin}).headers
        assert not allowed.get("Access-Control-Allow-Origin")


def _client(model: LocalModel) -> httpx.Client:
    return httpx.Client(
        base_url=model.base_url,
        headers={"Authorization": f"Bearer {model.api_key}"},
        timeout=60,
        trust_env=False,
    )


def _question(**fields: object) -> dict[str, object]:
    messages = [{"role": "user", "content": "What is the capital of France?"}]
    return {"messages": messages, "max_tokens": 32, "stream_options": {"include_usage": True}} | fields
