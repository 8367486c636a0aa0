"""What the model is sent: at most one system message, then strict turns from the user to the user."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chat.llm import ChatMessage
from chat.models import Message, ReplyState
from chat.usage import Exact


@dataclass(frozen=True)
class Prompt:
    messages: tuple[ChatMessage, ...]
    left_out: int = 0  # messages of the branch that no longer fit
    first: int | None = None  # the oldest message that is sent; None: all that was said is
    exact: Exact | None = None  # what the provider counted of its turns before

    @property
    def characters(self) -> int:
        return characters_of(self.messages)


def build_prompt(branch: Sequence[Message], *, room: int, system: str = "") -> Prompt:
    """The prompt for a branch that ends with the user's message; `room` is in characters, without the answer.

    Empty and failed turns are dropped and their neighbours merged; the oldest messages are left out until the
    rest fits and begins with the user. The newest message is always sent.
    """
    said = [message for message in branch if message.text.strip() and not _failed(message)]
    first, needed = 0, len(system) + sum(len(message.text) for message in said)
    while first < len(said) - 1 and (needed > room or said[first].is_assistant):
        needed -= len(said[first].text)
        first += 1
    messages = [ChatMessage(role, text) for role, text in _turns(said[first:])]
    if system:
        messages.insert(0, ChatMessage("system", system))
    return Prompt(tuple(messages), left_out=first, first=said[first].pk if first else None)


def characters_of(messages: Sequence[ChatMessage]) -> int:
    return sum(len(message.content) for message in messages)


def newer_half(messages: tuple[ChatMessage, ...]) -> tuple[ChatMessage, ...]:
    """About half of the turns, the newest ones, for a model that found the whole too long."""
    system = tuple(message for message in messages if message.role == "system")
    turns = messages[len(system) :]
    pairs = len(turns) // 2
    return (*system, *turns[2 * ((pairs + 1) // 2) :])


def _turns(said: Sequence[Message]) -> list[tuple[Literal["user", "assistant"], str]]:
    turns: list[tuple[Literal["user", "assistant"], str]] = []
    for message in said:
        role: Literal["user", "assistant"] = "assistant" if message.is_assistant else "user"
        if turns and turns[-1][0] == role:
            turns[-1] = (role, f"{turns[-1][1]}\n\n{message.text}")
        else:
            turns.append((role, message.text))
    return turns


def _failed(message: Message) -> bool:
    return message.is_assistant and message.reply.state == ReplyState.FAILED
