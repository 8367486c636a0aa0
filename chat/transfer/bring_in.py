"""Import a file: each conversation wholly or not at all, and none of them twice."""

from collections.abc import Callable, Iterator
from typing import IO

from django.db import DataError, IntegrityError, transaction

from chat.models import Conversation, User
from chat.transfer.archive import open_json
from chat.transfer.conversations_in import record_of
from chat.transfer.elements import Element, elements
from chat.transfer.records import ConversationRecord
from chat.transfer.refused import Refused, Unreadable
from chat.transfer.tally import Tally
from chat.transfer.write import write_conversation

MOST_CONVERSATIONS = 100_000  # of one file
MOST_REFUSED = 1_000
TOO_MANY = f"The file holds more than {MOST_CONVERSATIONS:,} conversations."
ALL_WRONG = f"More than {MOST_REFUSED:,} conversations were refused; the rest was not read."


STRANGE = "holds something that the database cannot store"

Keep = Callable[[Tally], None]


def bring_in(
    owner: User,
    file: IO[bytes],
    *,
    keep: Keep,
    look_up: Callable[[], None] = lambda: None,
    so_far: Tally | None = None,
) -> Tally:
    """Import what `file` holds for `owner`, behind what `so_far` tells.

    `keep` is called in the transaction of each conversation, to store how far it went: when it raises, nothing of
    that conversation is stored. `look_up` is called with every block that is read, which may raise as well.
    Raises Unreadable where the file cannot be followed: what was imported before that stays.
    """
    tally = so_far or Tally()
    for part, blocks in enumerate(open_json(file)):
        if part < tally.part:
            continue
        for element in elements(_watched(blocks, look_up)):
            if element.place < tally.place:
                continue
            tally = _one(owner, element, tally, keep)
            if tally.imported + tally.here > MOST_CONVERSATIONS:
                raise Unreadable(element.path, TOO_MANY)
            if tally.refused > MOST_REFUSED:
                raise Unreadable(element.path, ALL_WRONG)
        tally = tally.next_part()
    return tally


def _watched(blocks: Iterator[bytes], look_up: Callable[[], None]) -> Iterator[bytes]:
    for block in blocks:
        look_up()
        yield block


def _one(owner: User, element: Element, tally: Tally, keep: Keep) -> Tally:
    try:
        record = record_of(element)
        with transaction.atomic():
            after = _stored(owner, record, tally)
            keep(after)
            return after
    except Unreadable:
        raise
    except Refused as reason:
        after = tally.with_refused(reason)
    except DataError:
        after = tally.with_refused(Refused(element.path, STRANGE))
    except IntegrityError:
        if not Conversation.objects.filter(owner=owner, uuid=record.uuid).exists():
            raise
        after = tally.with_here()  # another import brought it in a moment ago
    keep(after)
    return after


def _stored(owner: User, record: ConversationRecord, tally: Tally) -> Tally:
    """One that is here stays as it is; one that was deleted and can still be restored, is."""
    there = Conversation.objects.filter(owner=owner, uuid=record.uuid).select_for_update().first()
    if there is None:
        return tally.with_imported(write_conversation(owner, record))
    if there.deleted_at is None:
        return tally.with_here()
    there.restore()
    return tally.with_imported(there)
