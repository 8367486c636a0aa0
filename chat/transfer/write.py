"""From a record to rows."""

from collections.abc import Sequence
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from chat.folding import fold
from chat.models import (
    MOST_FOLDERS,
    OPEN_STATES,
    Conversation,
    Folder,
    Message,
    Reply,
    ReplyState,
    User,
    one_at_a_time,
)
from chat.transfer.records import ConversationRecord, MessageRecord, ReplyRecord

NOTHING_KNOWN = {"prompt_tokens": None, "completion_tokens": None, "usage_source": "none", "cost_usd": None}


def write_conversation(
    owner: User, record: ConversationRecord, folded: Sequence[str] | None = None
) -> Conversation:
    """Store the whole tree as a conversation of `owner`'s: all of it, or nothing.

    `folded` is fold_all() of the record, for who has a transaction open and would not keep others waiting for it.
    Raises IntegrityError when `owner` has one with this uuid already.
    """
    folded = fold_all(record) if folded is None else folded
    with transaction.atomic():
        conversation = Conversation.objects.create(
            owner=owner,
            uuid=record.uuid,
            title=record.title,
            search_title=fold(record.title),
            model=record.model,
            settings=dict(record.settings),
            folder=_folder(owner, record.folder),
            pinned=record.pinned,
            archived=record.archived,
            created_at=record.created_at,
            updated_at=min(record.updated_at, timezone.now()),  # else it would head the list for years
        )
        rows = _write_messages(conversation, record.messages, folded)
        Reply.objects.bulk_create(
            _reply(rows[message.id], message.reply, owner) for message in record.messages if message.reply
        )
        if record.leaf is not None:
            conversation.leaf = rows[record.leaf]
            Conversation.objects.filter(pk=conversation.pk).update(leaf=conversation.leaf)
    return conversation


def fold_all(record: ConversationRecord) -> list[str]:
    """The texts of its messages as search compares them."""
    return [fold(message.text) for message in record.messages]


def _folder(owner: User, name: str) -> Folder | None:
    """The one of this name, new or not; none where there are as many as may be."""
    name = name.strip()
    if not name:
        return None
    own = Folder.objects.visible_to(owner)
    if found := own.filter(name=name).first():
        return found
    one_at_a_time(f"folders of user {owner.pk}")  # as the form for a new one does
    if found := own.filter(name=name).first():
        return found
    return Folder.objects.create(owner=owner, name=name) if own.count() < MOST_FOLDERS else None


def _write_messages(
    conversation: Conversation, messages: tuple[MessageRecord, ...], folded: Sequence[str]
) -> dict[int, Message]:
    """By the record's numbers. Parents come first, so that each has the smaller number in the database."""
    made = Message.objects.bulk_create(
        Message(
            conversation=conversation,
            role=message.role,
            text=message.text,
            search_text=search_text,
            created_at=message.created_at,
        )
        for message, search_text in zip(messages, folded, strict=True)
    )
    rows = {message.id: row for message, row in zip(messages, made, strict=True)}
    below = [
        (rows[message.parent].pk, rows[message.id].pk) for message in messages if message.parent is not None
    ]
    if below:
        # By hand: bulk_update would write a CASE of as many branches as there are messages.
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE chat_message SET parent_id = %s WHERE id = %s", below)
    return rows


def _reply(message: Message, record: ReplyRecord, owner: User) -> Reply:
    usage = {
        "prompt_tokens": record.prompt_tokens,
        "completion_tokens": record.completion_tokens,
        "usage_source": record.usage_source,
        "cost_usd": record.cost_usd,
    }
    return Reply(
        message=message,
        asker=owner,
        send_id=uuid4(),
        state=ReplyState.INTERRUPTED if record.state in OPEN_STATES else record.state,
        model=record.model,
        model_answered=record.model if message.text else "",
        finish_reason=record.finish_reason,
        error=record.error,
        seen=True,
        imported=usage if usage != NOTHING_KNOWN else None,
        created_at=message.created_at,
        ended_at=message.created_at,
    )
