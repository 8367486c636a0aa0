"""Turns in any order of roles, as the messages of a conversation in which every answer follows a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chat.models import Role
from chat.transfer.records import MessageRecord, ReplyRecord
from chat.transfer.refused import Refused

MOST_CHARACTERS = 32_000_000  # of all messages: merging may repeat a text on several branches …
EACH = 100  # … and counts this much beside each text, for the time that it takes
BEGAN = "[The assistant began this conversation.]"


@dataclass(frozen=True)
class Turn:
    above: int | None  # the place of the turn that it follows
    role: str
    text: str
    created_at: datetime
    reply: ReplyRecord | None = None


def messages_of(turns: Sequence[Turn], path: str) -> tuple[tuple[MessageRecord, ...], dict[int | None, int]]:
    """The messages, and by the place of each turn the message that it became, or became a part of.

    An answer that follows an answer goes on with it: one message with both texts. An answer that follows nothing
    gets a question that says so.
    """
    messages: list[MessageRecord] = []
    became: dict[int | None, int] = {}
    answered: dict[int, int | None] = {}  # by the place of an answer, the message that it answers
    absorbed = _absorbed(turns)
    sizes: list[int] = []
    room = MOST_CHARACTERS
    for place, turn in enumerate(turns):
        above = turn.above
        if turn.role == Role.USER:
            parent = None if above is None else became[above]
        else:
            if above is None:
                messages.append(_beginning(len(messages) + 1, turn))
            parent = messages[-1].id if above is None else answered.get(above, became.get(above))
            answered[place] = parent
        before = above if _goes_on(turns, turn) else None
        sizes.append(len(turn.text) + EACH + (0 if before is None else sizes[before]))
        if place in absorbed:
            continue
        room -= sizes[place]
        if room < 0:
            raise Refused(path, "is too large to be one conversation")
        messages.append(_message(len(messages) + 1, parent, turn, _run(turns, place)))
        became[place] = messages[-1].id
    for place in reversed(range(len(turns))):
        became.setdefault(turns[place].above, became[place])
    return tuple(messages), became


def _absorbed(turns: Sequence[Turn]) -> set[int]:
    """The places of answers that only answers follow: each of those begins with their text."""
    followed: dict[int, set[str]] = {}
    for turn in turns:
        if turn.above is not None:
            followed.setdefault(turn.above, set()).add(turn.role)
    return {
        place
        for place, roles in followed.items()
        if turns[place].role == Role.ASSISTANT and roles == {Role.ASSISTANT}
    }


def _goes_on(turns: Sequence[Turn], turn: Turn) -> bool:
    """Whether it is an answer that follows an answer."""
    both = Role.ASSISTANT
    return turn.role == both and turn.above is not None and turns[turn.above].role == both


def _run(turns: Sequence[Turn], place: int) -> str:
    """The text of a turn, behind those of the answers that it goes on with."""
    turn = turns[place]
    texts = [turn.text]
    while _goes_on(turns, turn) and turn.above is not None:
        turn = turns[turn.above]
        texts.append(turn.text)
    return "\n\n".join(reversed(texts))


def _beginning(number: int, first: Turn) -> MessageRecord:
    return MessageRecord(id=number, parent=None, role=Role.USER, text=BEGAN, created_at=first.created_at)


def _message(number: int, parent: int | None, turn: Turn, text: str) -> MessageRecord:
    return MessageRecord(
        id=number, parent=parent, role=turn.role, text=text, created_at=turn.created_at, reply=turn.reply
    )
