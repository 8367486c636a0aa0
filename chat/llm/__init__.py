"""The client of a language model: plain Python, without Django."""

from chat.llm.amounts import Unclear
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
from chat.llm.kept import says_something, size_beside_text
from chat.llm.prices import Rates, parse_prices
from chat.llm.ranges import FORMATS, RANGES, STOP_CHARACTERS, STOPS, Range, is_sound
from chat.llm.reading import Reading
from chat.llm.refusal import parse_error
from chat.llm.retry import delay
from chat.llm.sse import Decoder
from chat.llm.types import JSON, ChatMessage, ChatRequest, Chunk, Endpoint, Parameters, Role, Usage
from chat.llm.wire import parse_chunk, parse_completion, render_request

__all__ = [
    "FORMATS",
    "JSON",
    "RANGES",
    "STOPS",
    "STOP_CHARACTERS",
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
    "Range",
    "RateLimited",
    "Rates",
    "Reading",
    "Redirected",
    "Refused",
    "Role",
    "ServerError",
    "SystemRoleRefused",
    "TimedOut",
    "TooLarge",
    "Unclear",
    "Unreachable",
    "Unusable",
    "Usage",
    "delay",
    "is_sound",
    "parse_chunk",
    "parse_completion",
    "parse_error",
    "parse_prices",
    "render_request",
    "says_something",
    "size_beside_text",
]
