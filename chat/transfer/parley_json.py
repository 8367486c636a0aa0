"""Parley's own format: `export.json`, whose names and their order PUBLIC.md binds."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import orjson

from chat.models import (
    FOLDER_NAME_CHARACTERS,
    MODEL_CHARACTERS,
    TITLE_CHARACTERS,
    ReplyState,
    Role,
    UsageSource,
)
from chat.transfer import checks
from chat.transfer.parents_first import parents_first, renumbered
from chat.transfer.records import ConversationRecord, MessageRecord, ReplyRecord
from chat.transfer.refused import Refused
from chat.transfer.settings import parse_settings

FINISH_REASON_CHARACTERS = 50
NAMESPACE = UUID("9f1c3d52-6f0e-4d53-9a63-0d7f2f4f0c11")  # of conversations that came without a uuid


def render(record: ConversationRecord) -> dict[str, Any]:
    """What JSON is made of: only dicts, lists, texts, numbers, truths and None."""
    return {
        "id": record.id,
        "title": record.title,
        "model": record.model,
        "settings": dict(record.settings),
        "created_at": _time(record.created_at),
        "messages": [_render_message(message) for message in record.messages],
        "uuid": str(record.uuid),
        "updated_at": _time(record.updated_at),
        "pinned": record.pinned,
        "archived": record.archived,
        "folder": record.folder,
        "leaf": record.leaf,
    }


def _render_message(message: MessageRecord) -> dict[str, Any]:
    return {
        "id": message.id,
        "parent": message.parent,
        "role": message.role,
        "text": message.text,
        "created_at": _time(message.created_at),
        "reply": _render_reply(message.reply) if message.reply else None,
    }


def _render_reply(reply: ReplyRecord) -> dict[str, Any]:
    return {
        "id": reply.id,
        "state": reply.state,
        "finish_reason": reply.finish_reason or None,
        "model": reply.model,
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens,
        "usage_source": reply.usage_source,
        "cost_usd": reply.cost_usd,
        "error": reply.error or None,
    }


def _time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse(value: object, path: str = "") -> ConversationRecord:
    """The record that render() was given, but for the ids; raises Refused with the path to what is wrong.

    A file may lack what Parley adds to the public format. Without a `uuid` the content gives one, so that the
    same file is the same conversation however often it is read.
    """
    fields = checks.an_object(value, path)
    within = f"{path}." if path else ""
    if "messages" not in fields:
        raise Refused(path or "the file", "has no messages")
    messages = parents_first(
        [
            _parse_message(message, f"{within}messages[{place}]")
            for place, message in enumerate(checks.a_list(fields["messages"], f"{within}messages"))
        ],
        f"{within}messages",
    )
    _must_answer_questions(messages, f"{within}messages")
    created_at = checks.a_time(fields.get("created_at"), f"{within}created_at")
    record = ConversationRecord(
        id=None,
        uuid=NAMESPACE,
        title=checks.a_text(fields.get("title"), f"{within}title", most=TITLE_CHARACTERS).strip(),
        model=checks.a_text(fields.get("model") or "", f"{within}model", most=MODEL_CHARACTERS),
        settings=parse_settings(fields.get("settings", {}), f"{within}settings"),
        created_at=created_at,
        updated_at=(
            checks.a_time(fields["updated_at"], f"{within}updated_at")
            if "updated_at" in fields
            else max([created_at, *(message.created_at for message in messages)])
        ),
        pinned=checks.yes_or_no(fields.get("pinned", False), f"{within}pinned"),
        archived=checks.yes_or_no(fields.get("archived", False), f"{within}archived"),
        folder=checks.a_text(fields.get("folder") or "", f"{within}folder", most=FOLDER_NAME_CHARACTERS),
        leaf=_parse_leaf(fields.get("leaf"), messages, f"{within}leaf"),
        messages=messages,
    )
    given = fields.get("uuid")
    uuid = uuid_of(record) if given is None else checks.a_uuid(given, f"{within}uuid")
    return replace(record, uuid=uuid)


def uuid_of(record: ConversationRecord) -> UUID:
    """The same for the same content, whatever numbers it had where it came from."""
    same = render(replace(record, uuid=NAMESPACE, leaf=None, messages=renumbered(record.messages)))
    for message in same["messages"]:
        if message["reply"]:
            message["reply"]["id"] = None
    return uuid5(NAMESPACE, sha256(orjson.dumps(same | {"id": None})).hexdigest())


def _parse_message(value: object, path: str) -> MessageRecord:
    fields = checks.an_object(value, path)
    role = checks.a_word(fields.get("role"), f"{path}.role", tuple(Role.values))
    parent, reply = fields.get("parent"), fields.get("reply")
    if role == Role.USER and reply is not None:
        raise Refused(f"{path}.reply", "belongs to a message of the user's, which answers nothing")
    if role == Role.ASSISTANT:
        if parent is None:
            raise Refused(f"{path}.parent", "is missing: an answer follows a question")
        if reply is None:
            raise Refused(f"{path}.reply", "is missing: it tells how this answer ended")
    return MessageRecord(
        id=checks.a_number(fields.get("id"), f"{path}.id"),
        parent=None if parent is None else checks.a_number(parent, f"{path}.parent"),
        role=role,
        text=checks.a_text(fields.get("text"), f"{path}.text"),
        created_at=checks.a_time(fields.get("created_at"), f"{path}.created_at"),
        reply=None if reply is None else _parse_reply(reply, f"{path}.reply"),
    )


def _must_answer_questions(messages: tuple[MessageRecord, ...], path: str) -> None:
    roles: dict[int | None, str] = {message.id: message.role for message in messages}
    for place, message in enumerate(messages):
        if message.role == Role.ASSISTANT and roles[message.parent] == Role.ASSISTANT:
            raise Refused(f"{path}[{place}].parent", "is an answer itself: an answer follows a question")


def _parse_reply(value: object, path: str) -> ReplyRecord:
    fields = checks.an_object(value, path)
    prompt, completion = fields.get("prompt_tokens"), fields.get("completion_tokens")
    cost = fields.get("cost_usd")
    finish_reason = fields.get("finish_reason") or ""
    return ReplyRecord(
        id=None,
        state=checks.a_word(fields.get("state"), f"{path}.state", tuple(ReplyState.values)),
        finish_reason=checks.a_text(finish_reason, f"{path}.finish_reason", most=FINISH_REASON_CHARACTERS),
        model=checks.a_text(fields.get("model") or "", f"{path}.model", most=MODEL_CHARACTERS),
        prompt_tokens=None if prompt is None else checks.a_count(prompt, f"{path}.prompt_tokens"),
        completion_tokens=None
        if completion is None
        else checks.a_count(completion, f"{path}.completion_tokens"),
        usage_source=checks.a_word(
            fields.get("usage_source", "none"), f"{path}.usage_source", tuple(UsageSource.values)
        ),
        cost_usd=None if cost is None else checks.an_amount(cost, f"{path}.cost_usd"),
        error=checks.a_text(fields.get("error") or "", f"{path}.error"),
    )


def _parse_leaf(value: object, messages: tuple[MessageRecord, ...], path: str) -> int | None:
    if value is None:
        return None
    leaf = checks.a_number(value, path)
    if all(message.id != leaf for message in messages):
        raise Refused(path, "refers to a message that is not there")
    return leaf
