"""What crosses the border between Parley and a model: the request, and what one event of the answer says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

JSON: TypeAlias = "str | int | float | bool | Sequence[JSON] | Mapping[str, JSON] | None"
Role: TypeAlias = Literal["user", "system", "assistant", "tool"]


@dataclass(frozen=True)
class Endpoint:
    """Where the model answers, such as https://api.aimlapi.com/v1, and the key to it ("" for none).

    Raises ValueError, which never shows the key, when the key cannot stand in an HTTP header.
    """

    base_url: str
    api_key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", self.base_url.strip().rstrip("/"))
        object.__setattr__(self, "api_key", self.api_key.strip())
        if self.api_key and not (self.api_key.isascii() and self.api_key.isprintable()):
            raise ValueError("The API key holds characters that cannot be sent in a header.")


@dataclass(frozen=True)
class ChatMessage:
    """One turn; content is text, or the protocol's list of text parts.

    An assistant's turn may hold `tool_calls`, and a tool's names the one that it answers.
    """

    role: Role
    content: str | Sequence[JSON]
    tool_calls: Sequence[JSON] | None = None
    tool_call_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The optional parameters that the provider lists; None is not sent. Ranges are the caller's to check."""

    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: float | None = None
    min_p: float | None = None
    top_a: float | None = None
    repetition_penalty: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    seed: int | None = None
    stop: str | Sequence[str] | None = None
    prediction: Mapping[str, JSON] | None = None
    tools: Sequence[JSON] | None = None
    tool_choice: str | Mapping[str, JSON] | None = None
    parallel_tool_calls: bool | None = None
    response_format: Mapping[str, JSON] | None = None


@dataclass(frozen=True)
class ChatRequest:
    """One request for one answer."""

    model: str
    messages: tuple[ChatMessage, ...]
    parameters: Parameters = Parameters()
    stream: bool = True


@dataclass(frozen=True, slots=True)
class Usage:
    """What the provider says an answer took; None where it said nothing that can be believed."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_nano_usd: int | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one event of an answer adds; every field may be empty.

    `said` is the whole delta or message, where that was asked for: role, content, refusal and tool calls.

    Over one answer the texts are joined, and the first `upstream_id`, the last `finish_reason`
    and the last `usage` count.
    """

    text: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None
    model: str | None = None
    upstream_id: str | None = None
    said: Mapping[str, JSON] | None = None
