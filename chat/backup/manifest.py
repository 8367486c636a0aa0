"""What a backup says of itself."""

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from chat.backup.errors import Refused

FORMAT = 1
DATABASE = "database"  # the part that is in every backup


@dataclass(frozen=True)
class Part:
    """One file of the backup, by its size in bytes and its hash."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`migrations` has the last one of each app; `made_at` is in UTC."""

    parley: str
    database: str
    migrations: Mapping[str, str]
    made_at: str
    parts: tuple[Part, ...] = ()

    @property
    def moment(self) -> str:
        return f"{datetime.datetime.fromisoformat(self.made_at):%Y-%m-%d %H:%M} UTC"

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)


def render(manifest: Manifest) -> str:
    return json.dumps({"format": FORMAT, **asdict(manifest)}, indent=2)


def parse(text: bytes) -> Manifest:
    """Raises Refused where it is of a later format, or no manifest at all."""
    try:
        said: dict[str, Any] = json.loads(text)
        if said.pop("format") > FORMAT:
            raise Refused(
                f"The backup was made by a newer Parley ({said['parley']}), which keeps it otherwise."
            )
        return Manifest(**{**said, "parts": tuple(Part(**part) for part in said["parts"])})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused("The backup is damaged: what it says of itself cannot be read.") from error
