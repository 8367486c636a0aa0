"""The API that speaks as OpenAI's does: who asks, what for, within which limits, and the answer passed through."""

from chat.gateway.asked import Asked, read
from chat.gateway.document import document
from chat.gateway.errors import (
    DatabaseAway,
    KeyRefused,
    Malformed,
    ModelNotOffered,
    Refusal,
    ShuttingDown,
    Unexpected,
)
from chat.gateway.exchange import Cut, Exchange
from chat.gateway.keys import key_of, secret_in
from chat.gateway.process import Gateway, current
from chat.gateway.said import Said
from chat.gateway.wire import DONE, ChunkWriter, completion, error, model, models

__all__ = [
    "DONE",
    "Asked",
    "ChunkWriter",
    "Cut",
    "DatabaseAway",
    "Exchange",
    "Gateway",
    "KeyRefused",
    "Malformed",
    "ModelNotOffered",
    "Refusal",
    "Said",
    "ShuttingDown",
    "Unexpected",
    "completion",
    "current",
    "document",
    "error",
    "key_of",
    "model",
    "models",
    "read",
    "secret_in",
]
