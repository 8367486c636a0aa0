"""Retention: what nobody touched for RETENTION_DAYS is announced, and a week later deleted."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chat import retention
from chat.models import Action, AuditEntry, Conversation, forget_words


class Command(BaseCommand):
    help = (
        "Delete conversations that nobody touched for RETENTION_DAYS, except pinned ones. Each says for a week "
        "before on which day it goes. The site does it by itself every night; safe to repeat, and beside the site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if not settings.RETENTION_DAYS:
            raise CommandError("RETENTION_DAYS is not set: conversations are kept for good.")
        today = timezone.localdate()
        if dry_run:
            going = Conversation.objects.to_prune(today).count()
            told = retention.to_tell(today).count()
            self.stdout.write(f"{going:,} would be deleted today, {told:,} told that they go in a week.")
            return
        retention.spare(today)
        deleted = sum(1 for _ in retention.delete_due(today))
        if deleted:
            AuditEntry.objects.record_at_console(Action.DELETED, detail=f"{deleted} conversations, untouched")
            forget_words()
        told = retention.announce(today)
        self.stdout.write(
            f"{deleted:,} deleted; {told:,} more go on {today + retention.notice()}, unless somebody writes."
        )
