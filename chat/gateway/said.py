"""The message that the deltas of an answer make together."""

from collections.abc import Iterable
from typing import Any

from chat.llm import Chunk


class Said:
    """Put deltas in, in their order, and take the `message` out."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._refusals: list[str] = []
        self._calls: dict[int, dict[str, Any]] = {}

    def add(self, chunks: Iterable[Chunk]) -> None:
        for chunk in chunks:
            said: Any = chunk.said or {}
            self._texts.append(chunk.text)
            self._refusals.append(said.get("refusal") or "")
            for place, call in enumerate(said.get("tool_calls", ())):
                self._add_call(call.get("index", place), call)

    @property
    def message(self) -> dict[str, Any]:
        text = "".join(self._texts)
        message: dict[str, Any] = {
            "role": "assistant",
            "content": text if text or not self._calls else None,
            "refusal": "".join(self._refusals) or None,
        }
        if self._calls:
            message["tool_calls"] = [self._calls[index] for index in sorted(self._calls)]
        return message

    def _add_call(self, index: int, call: dict[str, Any]) -> None:
        whole = self._calls.setdefault(
            index, {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
        )
        whole["id"] = whole["id"] or call.get("id", "")
        for name, piece in call["function"].items():
            whole["function"][name] += piece
