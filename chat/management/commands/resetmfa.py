"""The way back in for somebody who lost their second step."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from chat.accounts import second_step
from chat.management.who import user_named
from chat.models import Action, AuditEntry


class Command(BaseCommand):
    help = "Remove all second steps of a user: the password alone logs in then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USERNAME")

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_named(options["username"])
        with transaction.atomic():
            removed = second_step.reset(user)
            if removed:
                AuditEntry.objects.record_at_console(
                    Action.FACTOR_REMOVED, subject=user, detail="all of them"
                )
        if removed:
            self.stdout.write(f"{user.username} logs in with the password alone now.")
        else:
            self.stdout.write(f"{user.username} has no second step.")
