"""What has come of an import so far; also what another process needs to go on with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from chat.models import Conversation
from chat.transfer.refused import Refused

NAMED = 20  # conversations that are named, of those that were imported
TOLD = 50  # of those that were refused
TITLE_CHARACTERS = 120


@dataclass(frozen=True)
class Tally:
    """Counts, and the first of each kind by name. The next conversation is `place` of the file's part `part`."""

    imported: int = 0
    here: int = 0
    refused: int = 0
    named: tuple[tuple[int, str], ...] = ()  # id and title
    told: tuple[str, ...] = ()  # what was wrong, and where
    part: int = 0
    place: int = 0

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Tally:
        """From what as_result() gave to the database."""
        known = dict(result)
        known["named"] = tuple((pk, title) for pk, title in known.get("named", ()))
        known["told"] = tuple(known.get("told", ()))
        return cls(**known)

    def as_result(self) -> dict[str, object]:
        return asdict(self)

    @property
    def in_trail(self) -> str:
        """For the audit trail, which names no title."""
        return "1 conversation" if self.imported == 1 else f"{self.imported:,} conversations"

    def next_part(self) -> Tally:
        return replace(self, part=self.part + 1, place=0)

    def with_imported(self, conversation: Conversation) -> Tally:
        named = self.named
        if len(named) < NAMED:
            named = (*named, (conversation.pk, conversation.title[:TITLE_CHARACTERS]))
        return replace(self, imported=self.imported + 1, named=named, place=self.place + 1)

    def with_here(self) -> Tally:
        return replace(self, here=self.here + 1, place=self.place + 1)

    def with_refused(self, reason: Refused) -> Tally:
        told = self.told if len(self.told) >= TOLD else (*self.told, str(reason))
        return replace(self, refused=self.refused + 1, told=told, place=self.place + 1)
