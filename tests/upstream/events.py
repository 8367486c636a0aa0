"""The events of a streamed answer, as the provider writes them."""

import json
from collections.abc import Mapping
from typing import Any

MODEL = "mistralai/mistral-tiny"
UPSTREAM_ID = "gen-1744193337-scripted"


def event(choice: Mapping[str, Any], model: str = MODEL) -> bytes:
    """One chunk with one choice, as an event."""
    return _event({"choices": [{"index": 0, **choice}], "model": model})


def text_event(text: str) -> bytes:
    """One chunk with this text, as an event."""
    return event({"delta": {"content": text}, "finish_reason": None})


def usage_event(usage: tuple[int, int], model: str = MODEL, cost_usd: float | None = None) -> bytes:
    """The chunk without choices that tells the usage, as an event."""
    body: dict[str, Any] = {"choices": [], "model": model, "usage": usage_of(usage)}
    if cost_usd is not None:
        body["meta"] = {"usage": {"credits_used": round(cost_usd * 2_000_000), "usd_spent": cost_usd}}
    return _event(body)


def _event(body: Mapping[str, Any]) -> bytes:
    chunk = {"id": UPSTREAM_ID, "object": "chat.completion.chunk", "created": 1744193337, **body}
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"


def usage_of(usage: tuple[int, int]) -> dict[str, int]:
    prompt, completion = usage
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
