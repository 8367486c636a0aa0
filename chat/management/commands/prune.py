"""Retention: what nobody touched for RETENTION_DAYS is announced, and a week later deleted."""

import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chat.models import Action, AuditEntry, Conversation, forget_words

BLOCK = 500  # conversations at once


class Command(BaseCommand):
    help = (
        "Delete conversations that nobody touched for RETENTION_DAYS, except pinned ones. Each says for a week "
        "before on which day it goes. To be run every night; safe to repeat, and beside the site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if not settings.RETENTION_DAYS:
            raise CommandError("RETENTION_DAYS is not set: conversations are kept for good.")
        today = timezone.localdate()
        going = Conversation.objects.to_prune(today)
        if dry_run:
            told = Conversation.objects.to_announce(today).count()
            self.stdout.write(
                f"{going.count():,} would be deleted today, {told:,} told that they go in a week."
            )
            return
        deleted = sum(_delete(pk, today) for pk in list(going.values_list("pk", flat=True)))
        told = _announce(today)
        if deleted:
            forget_words()
            AuditEntry.objects.record_at_console(Action.DELETED, detail=f"{deleted} conversations, untouched")
        self.stdout.write(
            f"{deleted:,} deleted; {told:,} more go on {today + _notice()}, unless somebody writes."
        )


def _delete(pk: int, today: datetime.date) -> bool:
    """Unless it was touched or pinned meanwhile."""
    if not Conversation.objects.to_prune(today).filter(pk=pk).update(deleted_at=timezone.now()):
        return False
    Conversation(pk=pk).purge()
    return True


def _announce(today: datetime.date) -> int:
    told = 0
    while block := list(Conversation.objects.to_announce(today).values_list("pk", flat=True)[:BLOCK]):
        found = Conversation.objects.to_announce(today).filter(pk__in=block)
        told += found.update(going_on=today + _notice())
    return told


def _notice() -> datetime.timedelta:
    return datetime.timedelta(days=settings.ANNOUNCED_DAYS)
