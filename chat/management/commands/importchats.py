"""Conversations of a file as a user's own."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat import transfer
from chat.management.who import user_named
from chat.models import Action, AuditEntry


class Command(BaseCommand):
    help = "Import what exportchats or a page's export wrote, or a ChatGPT export (its zip or conversations.json)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, username: str, file: Path, **options: Any) -> None:
        user = user_named(username)
        tally = transfer.Tally()

        def keep(after: transfer.Tally) -> None:
            nonlocal tally
            if len(after.told) > len(tally.told):
                self.stderr.write(f"Refused: {after.told[-1]}")
            tally = after

        wrong = ""
        try:
            with file.open("rb") as opened:
                transfer.bring_in(user, opened, keep=keep)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except transfer.Unreadable as reason:
            wrong = f" {file} could not be read to its end: {reason}"
        finally:
            if tally.imported:
                AuditEntry.objects.record_at_console(Action.IMPORTED, subject=user, detail=tally.in_trail)
        self.stdout.write(f"{tally.imported} imported, {tally.here} already here, {tally.refused} refused.")
        if wrong or tally.refused:
            raise CommandError(f"Not all was imported.{wrong}")
