"""All conversations of a user as one file."""

import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat import transfer
from chat.management.who import user_named
from chat.models import Action, AuditEntry


class Command(BaseCommand):
    help = "Write all conversations of a user to a file, which importchats and the page Import read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, username: str, file: Path, **options: Any) -> None:
        user = user_named(username)
        try:
            # Beside it and then renamed: under the name that was asked for there is a whole file, or none.
            with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as made:
                try:
                    for piece in transfer.export_all(user):
                        made.write(piece)
                    AuditEntry.objects.record_at_console(
                        Action.EXPORTED, subject=user, detail="all conversations"
                    )
                except BaseException:
                    Path(made.name).unlink()
                    raise
            Path(made.name).replace(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"The conversations of {username} are in {file}.")
