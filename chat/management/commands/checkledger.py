"""Whether the ledger adds up."""

import time
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat import usage
from chat.models import Call
from chat.replies.recover import SILENCE


class Command(BaseCommand):
    help = (
        "Prove the daily totals from the ledger's rows, and find rows that were left open or keep a reservation. "
        "The exit status is 1 when something is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="make totals that are wrong anew from the rows; never a row"
        )
        parser.add_argument(
            "--wait",
            type=float,
            default=SILENCE,
            help=f"seconds for a sign of life of those who own open rows ({SILENCE:g})",
        )

    def handle(self, *args: Any, repair: bool, wait: float, **options: Any) -> None:
        wrong = repaired = 0
        for difference in usage.differences(repair=repair):
            self.stdout.write(f"{difference}{'; repaired' if repair else ''}.")
            wrong, repaired = wrong + (not repair), repaired + repair
        for sentence in chain(usage.still_reserved(), usage.left_open(lambda: time.sleep(wait))):
            self.stdout.write(sentence)
            wrong += 1
        if wrong:
            raise CommandError(f"The ledger does not add up: {wrong:,} fault{'s' * (wrong > 1)}.")
        self.stdout.write(
            f"All is well{' again' if repaired else ''}: the daily totals are the sums of the ledger's "
            f"{Call.objects.closed().count():,} closed rows, and no row was left open."
        )
