"""A conversation's messages as numbers: who follows whom, which branch leads where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Versions:
    """A message among its siblings, counted from 1; `previous` and `next` are the siblings beside it."""

    number: int
    count: int
    previous: int | None
    next: int | None


class Tree:
    """Made of each message's parent, in the order in which the messages came."""

    def __init__(self, parents: Mapping[int, int | None]) -> None:
        self._parents = parents
        self._children: dict[int | None, list[int]] = {}
        for pk, parent in parents.items():
            self._children.setdefault(parent, []).append(pk)

    def __contains__(self, pk: int) -> bool:
        return pk in self._parents

    @property
    def newest(self) -> int | None:
        return max(self._parents, default=None)

    def path(self, leaf: int | None) -> list[int]:
        """The messages from the first to `leaf`; no leaf, no messages."""
        path: list[int] = []
        while leaf is not None:
            path.append(leaf)
            leaf = self._parents[leaf]
        return path[::-1]

    def newest_below(self, pk: int) -> int | None:
        """The newest of the messages that follow `pk`."""
        return self._children.get(pk, [None])[-1]

    def end_below(self, pk: int) -> int:
        """The end of the branch that goes on from `pk` by the newest version each time."""
        while pk in self._children:
            pk = self._children[pk][-1]
        return pk

    def versions(self, pk: int) -> Versions | None:
        """None for a message without siblings."""
        siblings = self._children[self._parents[pk]]
        if len(siblings) == 1:
            return None
        at = siblings.index(pk)
        return Versions(
            number=at + 1,
            count=len(siblings),
            previous=siblings[at - 1] if at else None,
            next=siblings[at + 1] if at + 1 < len(siblings) else None,
        )
