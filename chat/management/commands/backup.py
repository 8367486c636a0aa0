"""The whole site as one file, while it runs."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from chat import backup


class Command(BaseCommand):
    help = (
        "Write the whole site to a file, while it runs: the database and the secret key. Keep the file as you "
        "keep the site: it holds everything that anybody wrote. What stands in the environment is not in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="write over a file that is there")

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        try:
            size = backup.make(file, force=force)
        except backup.BackupError as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"The site is in {file} ({filesizeformat(size)}).")
