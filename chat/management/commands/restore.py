"""The whole site from a file of `backup`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat import backup


class Command(BaseCommand):
    help = (
        "Put what `backup` wrote in the place of the site, which must be stopped. A backup of SQLite also goes "
        "into PostgreSQL. The file is proved first; where anything fails the site stays as it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--force", action="store_true", help="replace a site that has users, or whose database is broken"
        )

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        try:
            restored = backup.restore(file, force=force)
        except backup.BackupError as reason:
            raise CommandError(str(reason)) from reason
        if restored.remark:
            self.stderr.write(restored.remark)
        self.stdout.write(
            f"The site is as it was on {restored.manifest.moment}. Start it: what was being written "
            "then is shown as interrupted."
        )
