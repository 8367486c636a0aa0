"""References of rows that outlive what they point to (docs/decisions/ledger-references.md)."""

from typing import Any

from django.db import models


def outlives(to: str, related_name: str) -> models.ForeignKey[Any, Any]:
    """A reference that keeps its number when its row is deleted: the row that has it never changes."""
    return models.ForeignKey(
        to,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name=related_name,
    )
