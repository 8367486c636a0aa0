"""From rows to a record."""

from collections.abc import Iterable, Sequence
from typing import Any

from chat.models import (
    OPEN_STATES,
    Call,
    Conversation,
    Folder,
    Message,
    Reply,
    ReplyChunk,
    UsageSource,
)
from chat.transfer.records import ConversationRecord, MessageRecord, ReplyRecord

NANO = 1_000_000_000


def read_conversation(
    conversation: Conversation, messages: Sequence[Message] | None = None
) -> ConversationRecord:
    """All messages in the order of their creation, or the branch `messages`, each with its reply.

    An open reply is read with the text that is committed so far. Six queries, whatever its size.
    """
    whole = conversation.messages.select_related("reply").order_by("pk")
    found = list(whole if messages is None else messages)
    replies = [message.reply for message in found if message.is_assistant]
    usage = _usage(replies)
    texts = _open_texts(replies)
    return ConversationRecord(
        id=conversation.pk,
        uuid=conversation.uuid,
        title=conversation.title,
        model=conversation.model,
        settings=conversation.settings,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        pinned=conversation.pinned,
        archived=conversation.archived,
        folder=_folder(conversation),
        leaf=_leaf(conversation, found),
        messages=tuple(_message(message, usage, texts) for message in found),
    )


def _folder(conversation: Conversation) -> str:
    try:
        return conversation.folder.name if conversation.folder else ""
    except Folder.DoesNotExist:  # deleted since the conversation was read
        return ""


def _leaf(conversation: Conversation, messages: list[Message]) -> int | None:
    """The remembered one; of a branch alone only if it lies on it."""
    here = {message.pk for message in messages}
    return conversation.leaf_id if conversation.leaf_id in here else None


def _message(message: Message, usage: dict[int, dict[str, Any]], texts: dict[int, str]) -> MessageRecord:
    reply, text = None, message.text
    if message.is_assistant:
        row = message.reply
        text = texts.get(row.pk, text)
        reply = ReplyRecord(
            id=row.pk,
            state=row.state,
            finish_reason=row.finish_reason,
            model=row.named_model,
            error=row.error,
            **usage.get(row.pk, {}),
        )
    return MessageRecord(
        id=message.pk,
        parent=message.parent_id,
        role=message.role,
        text=text,
        created_at=message.created_at,
        reply=reply,
    )


def _open_texts(replies: Iterable[Reply]) -> dict[int, str]:
    """By reply. One that ends while it is read has no chunks any more: then its message has the text."""
    running = [reply.pk for reply in replies if reply.state in OPEN_STATES]
    if not running:
        return {}
    parts: dict[int, list[str]] = {}
    chunks = ReplyChunk.objects.filter(reply_id__in=running).order_by("reply_id", "start")
    for pk, text in chunks.values_list("reply_id", "text"):
        parts.setdefault(pk, []).append(text)
    return {pk: "".join(texts) for pk, texts in parts.items()}


def _usage(replies: Iterable[Reply]) -> dict[int, dict[str, Any]]:
    """By reply, the sum over its ledger rows and what a file said of it."""
    parts: dict[int, list[dict[str, Any]]] = {}
    for reply in replies:
        parts[reply.pk] = [reply.imported] if reply.imported else []
    calls = Call.objects.filter(reply_id__in=list(parts)).exclude(usage_source=UsageSource.NONE)
    names = ("prompt_tokens", "completion_tokens", "usage_source", "cost_nano_usd")
    for call in calls.values("reply_id", *names):
        cost = call.pop("cost_nano_usd")
        parts[call.pop("reply_id")].append(call | {"cost_usd": None if cost is None else cost / NANO})
    return {pk: _sum(rows) for pk, rows in parts.items() if rows}


def _sum(rows: list[dict[str, Any]]) -> dict[str, Any]:
    sources = {row["usage_source"] for row in rows}
    costs = [row["cost_usd"] for row in rows]
    return {
        "prompt_tokens": _known(row["prompt_tokens"] for row in rows),
        "completion_tokens": _known(row["completion_tokens"] for row in rows),
        "usage_source": next(
            (source for source in (UsageSource.ESTIMATE, UsageSource.PROVIDER) if source in sources),
            UsageSource.NONE,
        ).value,
        # a sum with an unknown part is unknown; whole nano-USD, so that it is the same however often it is read
        "cost_usd": None if None in costs else round(sum(costs) * NANO) / NANO,
    }


def _known(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
