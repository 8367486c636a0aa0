"""What a client is answered, in OpenAI's shape: completions, chunks, errors."""

import time
from collections.abc import Iterable
from typing import Any

import orjson
from django.conf import settings

from chat.gateway.errors import Refusal
from chat.gateway.exchange import Exchange
from chat.gateway.said import Said
from chat.llm import Chunk
from chat.local_model import MODEL_NAME

DONE = b"data: [DONE]\n\n"


class ChunkWriter:
    """Writes the chunks of one stream; what all of them share is written once."""

    def __init__(self, exchange: Exchange) -> None:
        shared = orjson.dumps(_head(exchange, "chat.completion.chunk"))[:-1]
        self._before = b"data: " + shared + b',"choices":[{"index":0,"delta":'
        self._after = b"}]" + (b',"usage":null' if exchange.asked.include_usage else b"") + b"}\n\n"
        self._shared = shared
        self._has_role = False

    def write(self, chunks: Iterable[Chunk]) -> bytes:
        return b"".join(map(self._write, chunks))

    def usage(self, tokens: tuple[int, int]) -> bytes:
        usage = orjson.dumps(_usage(tokens))
        return b"data: " + self._shared + b',"choices":[],"usage":' + usage + b"}\n\n"

    def _write(self, chunk: Chunk) -> bytes:
        delta = chunk.said or {}
        if not self._has_role:
            self._has_role = True
            delta = {"role": "assistant", **delta}
        reason = orjson.dumps(chunk.finish_reason)
        return (
            self._before + orjson.dumps(delta) + b',"logprobs":null,"finish_reason":' + reason + self._after
        )


def completion(exchange: Exchange, said: Said) -> bytes:
    """A whole answer."""
    choice = {
        "index": 0,
        "message": said.message,
        "logprobs": None,
        "finish_reason": exchange.attempt.finish_reason or "stop",
    }
    body: dict[str, Any] = {**_head(exchange, "chat.completion"), "choices": [choice]}
    if exchange.usage is not None:
        body["usage"] = _usage(exchange.usage)
    return orjson.dumps(body)


def error(refusal: Refusal) -> bytes:
    return orjson.dumps(
        {
            "error": {
                "message": refusal.message,
                "type": refusal.type,
                "param": refusal.param,
                "code": refusal.code,
            }
        }
    )


def models() -> bytes:
    return orjson.dumps({"object": "list", "data": [_model(name) for name in settings.MODELS]})


def model(name: str) -> bytes:
    return orjson.dumps(_model(name))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "parley"}


def _head(exchange: Exchange, kind: str) -> dict[str, Any]:
    attempt = exchange.attempt
    return {
        "id": attempt.upstream_id or f"chatcmpl-{exchange.request_id}",
        "object": kind,
        "created": int(time.time()),
        "model": MODEL_NAME if settings.EMBEDDED_MODEL else attempt.model or exchange.asked.request.model,
    }


def _usage(tokens: tuple[int, int]) -> dict[str, int]:
    prompt, answer = tokens
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
