"""The nodes of a ChatGPT conversation, and an order in which parents come first."""

import heapq
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chat.transfer import checks
from chat.transfer.records import MOST_MESSAGES
from chat.transfer.refused import Refused

FURTHEST = 1e18  # seconds from 1970: whole numbers of any length may stand in a file


@dataclass(frozen=True)
class Node:
    id: str
    parent: str | None
    message: Mapping[str, Any] | None

    @property
    def time(self) -> float:
        """Seconds since 1970; before everything for a node without one."""
        time = self.message.get("create_time") if self.message else None
        known = isinstance(time, int | float) and abs(time) < FURTHEST
        return float(time) if known else -math.inf  # type: ignore[arg-type]


def nodes_of(value: object, path: str) -> dict[str, Node]:
    """Raises Refused where they make no tree."""
    mapping = checks.an_object(value, path)
    if len(mapping) > MOST_MESSAGES:
        raise Refused(path, f"has more than {MOST_MESSAGES:,} messages")
    nodes = {}
    for name, entry in mapping.items():
        fields = checks.an_object(entry, f"{path}.{name}")
        parent, message = fields.get("parent"), fields.get("message")
        if parent is not None and not isinstance(parent, str):
            raise Refused(f"{path}.{name}.parent", "is not the name of a message")
        if parent is not None and parent not in mapping:
            raise Refused(f"{path}.{name}.parent", "refers to a message that is not there")
        if message is not None:
            _check_message(message, f"{path}.{name}.message")
        nodes[name] = Node(name, parent, message)
    _must_end(nodes, path)
    return nodes


def _check_message(value: object, path: str) -> None:
    message = checks.an_object(value, path)
    author = checks.an_object(message.get("author"), f"{path}.author")
    if not isinstance(author.get("role"), str):
        raise Refused(f"{path}.author.role", "is not a text")
    checks.an_object(message.get("content"), f"{path}.content")


def _must_end(nodes: dict[str, Node], path: str) -> None:
    """Each way up leads to a beginning."""
    reached: set[str] = set()
    for name in nodes:
        way: dict[str, None] = {}
        at: str | None = name
        while at is not None and at not in reached:
            if at in way:
                raise Refused(f"{path}.{at}.parent", "leads back to the message itself")
            way[at] = None
            at = nodes[at].parent
        reached.update(way)


def in_order(nodes: dict[str, Node]) -> Iterator[Node]:
    """By their time, as far as every node comes after its parent."""
    below: dict[str | None, list[tuple[float, int, Node]]] = {}
    for place, node in enumerate(nodes.values()):
        below.setdefault(node.parent, []).append((node.time, place, node))
    ready = below.get(None, [])
    heapq.heapify(ready)
    while ready:
        node = heapq.heappop(ready)[2]
        yield node
        for entry in below.get(node.id, ()):
            heapq.heappush(ready, entry)
