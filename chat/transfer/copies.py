"""Conversations that begin as a copy: of one's own branch, or of what somebody shared."""

from dataclasses import replace
from uuid import uuid4

from django.utils import timezone

from chat.models import OPEN_STATES, TITLE_CHARACTERS, Conversation, Message, ReplyState, Share, User
from chat.transfer.read import read_conversation
from chat.transfer.records import ConversationRecord, MessageRecord
from chat.transfer.snapshots import read_share
from chat.transfer.write import write_conversation

COPY_OF = "Copy of "
UNFINISHED = "It was still being written when it was copied."


def fork(conversation: Conversation, leaf: int | None) -> Conversation:
    """A conversation of the same owner with the branch up to `leaf`, and the same model, settings and folder.

    Without `leaf`, with the branch that is shown by itself. Raises Message.DoesNotExist when there is none.
    """
    branch = conversation.branch(leaf)
    if not branch:
        raise Message.DoesNotExist(f"conversation {conversation.pk} has no messages")
    record = read_conversation(conversation, branch)
    return _write(conversation.owner, replace(record, title=_copy_of(record.title)))


def _copy_of(title: str) -> str:
    if not title or title.startswith(COPY_OF):
        return title
    return (COPY_OF + title)[:TITLE_CHARACTERS]


def copy_share(share: Share, owner: User) -> Conversation:
    """What is shared, as a conversation of `owner`'s."""
    return _write(owner, read_share(share))


def _write(owner: User, record: ConversationRecord) -> Conversation:
    now = timezone.now()
    fresh = replace(
        record,
        uuid=uuid4(),
        created_at=now,
        updated_at=now,
        pinned=False,
        archived=False,
        leaf=None,
        messages=tuple(_ended(message) for message in record.messages),
    )
    return write_conversation(owner, fresh)


def _ended(message: MessageRecord) -> MessageRecord:
    """Nobody writes on in a copy."""
    if message.reply is None or message.reply.state not in OPEN_STATES:
        return message
    return replace(message, reply=replace(message.reply, state=ReplyState.INTERRUPTED, error=UNFINISHED))
