"""Retention: what nobody touched for RETENTION_DAYS is announced (page and mail), and a week later deleted."""

from chat.retention.announce import announce, spare, to_tell
from chat.retention.night import Night
from chat.retention.prune import delete_due, notice

__all__ = ["Night", "announce", "delete_due", "notice", "spare", "to_tell"]
