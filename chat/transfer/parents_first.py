"""Messages in an order in which every one comes after its parent."""

from collections.abc import Sequence
from dataclasses import replace

from chat.transfer.records import MOST_MESSAGES, MessageRecord
from chat.transfer.refused import Refused


def parents_first(messages: Sequence[MessageRecord], path: str) -> tuple[MessageRecord, ...]:
    """As they are, as far as parents come first already; raises Refused where they make no tree.

    `path` is that of the list.
    """
    if len(messages) > MOST_MESSAGES:
        raise Refused(path, f"has more than {MOST_MESSAGES:,} messages")
    places: dict[int, int] = {}
    for place, message in enumerate(messages):
        if places.setdefault(message.id, place) != place:
            raise Refused(f"{path}[{place}].id", "is that of an earlier message, too")
    children: dict[int | None, list[int]] = {}
    for place, message in enumerate(messages):
        if message.parent is not None and message.parent not in places:
            raise Refused(f"{path}[{place}].parent", "refers to a message that is not there")
        children.setdefault(message.parent, []).append(place)
    if all(
        message.parent is None or places[message.parent] < place for place, message in enumerate(messages)
    ):
        return tuple(messages)
    ordered: list[MessageRecord] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        message = messages[waiting.pop()]
        ordered.append(message)
        waiting.extend(reversed(children.get(message.id, [])))
    if len(ordered) < len(messages):
        reached = {message.id for message in ordered}
        place = next(place for place, message in enumerate(messages) if message.id not in reached)
        raise Refused(f"{path}[{place}].parent", "leads back to the message itself")
    return tuple(ordered)


def renumbered(messages: Sequence[MessageRecord]) -> tuple[MessageRecord, ...]:
    """With their places, counted from 1, for numbers: the same for the same tree wherever it was stored."""
    numbers = {message.id: number for number, message in enumerate(messages, 1)}
    return tuple(
        replace(
            message,
            id=numbers[message.id],
            parent=None if message.parent is None else numbers[message.parent],
        )
        for message in messages
    )
