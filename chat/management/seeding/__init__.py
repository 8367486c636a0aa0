"""Invented conversations and ledger rows, for benchmarks and for looking at a full site."""

from chat.management.seeding.plan import Plan
from chat.management.seeding.store import seed
from chat.management.seeding.words import RARE

__all__ = ["RARE", "Plan", "seed"]
