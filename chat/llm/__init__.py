"""The client of a language model: plain Python, without Django."""

from chat.llm.client import Client
from chat.llm.errors import (
    BadAnswer,
    BadRequest,
    BrokenStream,
    ContextTooLong,
    InStreamError,
    KeyRefused,
    ModelError,
    ModelGone,
    NoAnswer,
    OutOfCredit,
    RateLimited,
    Redirected,
    Refused,
    ServerError,
    SystemRoleRefused,
    TimedOut,
    TooLarge,
    Unreachable,
    Unusable,
)
from chat.llm.reading import Reading
from chat.llm.refusal import parse_error
from chat.llm.retry import delay
from chat.llm.sse import Decoder
from chat.llm.types import JSON, ChatMessage, ChatRequest, Chunk, Endpoint, Parameters, Role, Usage
from chat.llm.wire import parse_chunk, parse_completion, render_request

__all__ = [
    "JSON",
    "BadAnswer",
    "BadRequest",
    "BrokenStream",
    "ChatMessage",
    "ChatRequest",
    "Chunk",
    "Client",
    "ContextTooLong",
    "Decoder",
    "Endpoint",
    "InStreamError",
    "KeyRefused",
    "ModelError",
    "ModelGone",
    "NoAnswer",
    "OutOfCredit",
    "Parameters",
    "RateLimited",
    "Reading",
    "Redirected",
    "Refused",
    "Role",
    "ServerError",
    "SystemRoleRefused",
    "TimedOut",
    "TooLarge",
    "Unreachable",
    "Unusable",
    "Usage",
    "delay",
    "parse_chunk",
    "parse_completion",
    "parse_error",
    "render_request",
]
