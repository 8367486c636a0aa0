"""ChatGPT's export, `conversations.json`: a tree of nodes, many of which nobody ever saw."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from chat.models import MODEL_CHARACTERS, TITLE_CHARACTERS
from chat.transfer import checks
from chat.transfer.chatgpt_text import clean, text_of
from chat.transfer.chatgpt_tree import Node, in_order, nodes_of
from chat.transfer.parley_json import NAMESPACE, uuid_of
from chat.transfer.records import ConversationRecord, ReplyRecord
from chat.transfer.refused import Refused
from chat.transfer.turns import Turn, messages_of

UNTITLED = "New chat"  # as ChatGPT itself calls it
STATES = {"interrupted": "stopped", "max_tokens": "done"}
FINISH_REASONS = {"interrupted": "", "max_tokens": "length"}


def parse(value: Mapping[str, Any], path: str = "") -> ConversationRecord:
    """What its reader saw, as a tree of questions and answers; raises Refused with the path to what is wrong."""
    within = f"{path}." if path else ""
    nodes = nodes_of(value["mapping"], f"{within}mapping")
    created_at = _time(value.get("create_time"), f"{within}create_time", datetime.now(UTC))
    updated_at = _time(value.get("update_time"), f"{within}update_time", created_at)
    turns, places = _turns(nodes, created_at, f"{within}mapping")
    messages, ends = messages_of(turns, f"{within}mapping")
    if not messages:
        raise Refused(f"{within}mapping", "holds no messages")
    current = value.get("current_node")
    record = ConversationRecord(
        uuid=NAMESPACE,
        title=_title(value.get("title"), f"{within}title"),
        model="",
        settings={},
        created_at=created_at,
        updated_at=updated_at,
        archived=value.get("is_archived") is True,
        messages=messages,
        leaf=ends.get(places.get(current)) if isinstance(current, str) else None,
    )
    return replace(record, uuid=_uuid(value, record))


def _turns(nodes: dict[str, Node], since: datetime, path: str) -> tuple[list[Turn], dict[str, int | None]]:
    """Those that were seen, parents first; and for each node the turn that it is, or that it stands below."""
    turns: list[Turn] = []
    places: dict[str, int | None] = {}
    for node in in_order(nodes):
        above = places[node.parent] if node.parent is not None else None
        where = f"{path}.{node.id}.message"
        text = text_of(node.message, where) if node.message is not None else ""
        if not text or node.message is None:
            places[node.id] = above
            continue
        time = _time(
            node.message.get("create_time"),
            f"{where}.create_time",
            turns[above].created_at if above is not None else since,
        )
        role = node.message["author"]["role"]
        reply = _reply(node.message) if role == "assistant" else None
        places[node.id] = len(turns)
        turns.append(Turn(above, role, text, time, reply))
    return turns, places


def _reply(message: Mapping[str, Any]) -> ReplyRecord:
    about = message.get("metadata")
    about = about if isinstance(about, dict) else {}
    finish = about.get("finish_details")
    kind = finish.get("type") if isinstance(finish, dict) else None
    kind = kind if isinstance(kind, str) else ""
    model = about.get("model_slug")
    return ReplyRecord(
        state=STATES.get(kind, "done"),
        finish_reason=FINISH_REASONS.get(kind, "stop"),
        model=clean(model)[:MODEL_CHARACTERS] if isinstance(model, str) else "",
    )


def _title(value: object, path: str) -> str:
    if value is None:
        return UNTITLED
    if not isinstance(value, str):
        raise Refused(path, "is not a text")
    return clean(value)[:TITLE_CHARACTERS].strip() or UNTITLED


def _time(value: object, path: str, otherwise: datetime) -> datetime:
    """Seconds since 1970, or a time as text, which newer exports have."""
    if value is None:
        return otherwise
    if isinstance(value, str):
        return checks.a_time(value, path)
    return checks.seconds(value, path)


def _uuid(value: Mapping[str, Any], record: ConversationRecord) -> UUID:
    for name in ("conversation_id", "id"):
        if isinstance(given := value.get(name), str) and given:
            return uuid5(NAMESPACE, f"chatgpt {clean(given)}")
    return uuid_of(record)
