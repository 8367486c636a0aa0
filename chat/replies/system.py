"""The system prompt: how long it may be, and where it goes when a model takes none."""

from dataclasses import replace

from django.conf import settings

from chat.llm import ChatMessage, ChatRequest
from chat.usage import CAUTIOUS

SYSTEM_CHARACTERS = 20_000
LEAST_PROMPT = 256  # tokens of the window that no answer may claim


def longest_answer() -> int:
    """Tokens."""
    return settings.CONTEXT_TOKENS - LEAST_PROMPT


def longest_system(max_tokens: int) -> int:
    """Characters: at most half of what the window holds beside an answer of `max_tokens`."""
    beside = settings.CONTEXT_TOKENS - min(max_tokens, longest_answer())
    return min(SYSTEM_CHARACTERS, int(beside * CAUTIOUS / 2))


def has_system(request: ChatRequest) -> bool:
    return any(message.role == "system" for message in request.messages)


def without_system(request: ChatRequest) -> ChatRequest:
    """The same with the system prompt in front of the first user turn, for a model that refuses the role."""
    system = "\n\n".join(str(message.content) for message in request.messages if message.role == "system")
    turns = [message for message in request.messages if message.role != "system"]
    if system and turns and turns[0].role == "user":
        turns[0] = ChatMessage("user", f"{system}\n\n{turns[0].content}")
    return replace(request, messages=tuple(turns))
