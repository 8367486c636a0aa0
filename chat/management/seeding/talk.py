"""Invented conversations, before they are rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from chat.management.seeding.plan import Plan, Slice
from chat.management.seeding.words import RARE, answer, question
from chat.models import Role

PAUSE = (5, 90)  # s between two messages


@dataclass(frozen=True)
class Turn:
    role: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Talk:
    """Questions and answers in turn, from the first on."""

    turns: list[Turn]


def talks(plan: Plan, span: Slice, words: Random) -> Iterator[Talk]:
    """Those that begin in `span`, from the oldest on; the long one is the last of all."""
    many = len(span.conversations)
    for place, number in enumerate(span.conversations):
        begins = span.start + (span.end - span.start) * (place + words.random()) / many
        rare = RARE if plan.has_rare(number) else ""
        yield _talk(words, plan.messages, begins=begins, ends=span.end, rare=rare)
    if plan.long and span.is_last:
        alone = plan.words()  # the same texts beside however many others
        yield _talk(alone, plan.long, begins=span.end, ends=span.end)


def _talk(words: Random, length: int, *, begins: datetime, ends: datetime, rare: str = "") -> Talk:
    pauses = [timedelta(seconds=words.randint(*PAUSE)) for _ in range(length)]
    at = min(begins, ends - sum(pauses, timedelta()))
    turns = []
    for number, pause in enumerate(pauses):
        at += pause
        text = answer(words) if number % 2 else question(words)
        if rare and number == length // 2:
            text += f"\n\nAnd what of the {rare}?"
        turns.append(Turn(Role.ASSISTANT if number % 2 else Role.USER, text, at))
    return Talk(turns)
