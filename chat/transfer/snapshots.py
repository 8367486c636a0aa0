"""What of a branch others may see: its messages, and nothing else of the person they belong to."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from chat.models import Conversation, Message, Share
from chat.transfer.parents_first import renumbered
from chat.transfer.parley_json import parse, render
from chat.transfer.read import read_conversation
from chat.transfer.records import ConversationRecord, MessageRecord, ReplyRecord


def snapshot(conversation: Conversation, branch: list[Message]) -> dict[str, Any]:
    """In the format of export.json. A reply that is still being written is in it with its text so far."""
    record = read_conversation(conversation, branch)
    return render(
        ConversationRecord(
            uuid=uuid4(),
            title=record.title,
            model="",
            settings={},
            created_at=record.created_at,
            updated_at=record.updated_at,
            messages=renumbered([_bare(message) for message in record.messages]),
        )
    )


def read_share(share: Share) -> ConversationRecord:
    """The branch as it was shared."""
    return parse(share.snapshot)


def _bare(message: MessageRecord) -> MessageRecord:
    """Without what it cost, and without an error's words, which were meant for the one who asked."""
    if message.reply is None:
        return message
    reply = message.reply
    bare = ReplyRecord(state=reply.state, finish_reason=reply.finish_reason, model=reply.model)
    return replace(message, reply=bare)
