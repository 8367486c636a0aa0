"""A new API key for a user, printed once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from chat.forms import ApiKeyForm, first_error
from chat.management.who import user_named
from chat.models import MOST_KEY_DAYS, Action, ApiKey, AuditEntry, one_at_a_time


class Command(BaseCommand):
    help = (
        "Make an API key for a user. The key alone goes to stdout, this once: Parley keeps no more of it than "
        "its beginning and a hash."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="to know the key by")
        parser.add_argument(
            "--days",
            type=int,
            metavar="N",
            help="it works to the end of the day N days from now; without: for good",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_named(options["username"])
        form = ApiKeyForm(user, {"name": options["name"], "expires": _last_day(options["days"])})
        with transaction.atomic():
            one_at_a_time(f"API keys of user {user.pk}")
            if not form.is_valid():
                raise CommandError(first_error(form))
            made, secret = ApiKey.objects.issue(user, **form.wanted)
            AuditEntry.objects.record_at_console(Action.KEY_CREATED, subject=user, detail=made.prefix)
        until = f"to the end of {made.last_day}" if made.last_day else "until it is disabled or deleted"
        self.stderr.write(f"The key “{made.name}” of {user} works {until}. It is shown this once:")
        self.stdout.write(secret)


def _last_day(days: int | None) -> str:
    """As the form takes it; "" for none."""
    if days is None:
        return ""
    if not 1 <= days <= MOST_KEY_DAYS:
        raise CommandError(f"--days is a number from 1 to {MOST_KEY_DAYS}.")
    return str(timezone.localdate() + timedelta(days=days))
