"""Make invented users, conversations and ledger rows."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.management.seeding import RARE, Plan, seed
from chat.models import Conversation, User


class Command(BaseCommand):
    help = (
        "Make invented users, conversations and ledger rows, for benchmarks and for looking at a full site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--user",
            required=True,
            action="append",
            help="whose; made if need be; more than one, each gets as many",
        )
        parser.add_argument("--conversations", type=int, default=100, help="of each user (100)")
        parser.add_argument("--messages", type=int, default=20, help="in each of them (20)")
        parser.add_argument("--long", type=int, default=0, help="messages of one more conversation (none)")
        parser.add_argument(
            "--calls", type=int, default=0, help="ledger rows of API calls, beside the replies' (0)"
        )
        parser.add_argument("--days", type=int, default=365, help="that all is spread over, up to now (365)")
        parser.add_argument("--seed", type=int, default=1, help="the same words for the same number (1)")
        parser.add_argument("--add", action="store_true", help="also beside conversations that are there")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = _plan(options)
        names = dict.fromkeys(options["user"])
        for name in names:
            if not options["add"] and Conversation.objects.filter(owner__username=name).exists():
                raise CommandError(f"{name} has conversations already; --add puts more beside them.")
        for name in names:
            began = time.monotonic()
            user, is_new = User.objects.get_or_create(username=name)
            if is_new:
                user.set_unusable_password()
                user.save(update_fields=["password"])
            made = seed(user, plan)
            print(
                f"{name}: {made.conversations:,} conversations, {made.messages:,} messages and "
                f"{made.calls:,} ledger rows in {time.monotonic() - began:.0f} s"
                + (f"; to log in, first: manage.py changepassword {name}" if is_new else "")
            )
        if plan.conversations:
            print(f"The word {RARE} is in {plan.with_rare} of {plan.conversations:,} conversations.")


def _plan(options: dict[str, Any]) -> Plan:
    for name, least in (("conversations", 0), ("messages", 1), ("long", 0), ("calls", 0), ("days", 1)):
        if options[name] < least:
            raise CommandError(f"--{name} must be {least} or more.")
    return Plan(
        conversations=options["conversations"],
        messages=options["messages"],
        long=options["long"],
        calls=options["calls"],
        days=options["days"],
        seed=options["seed"],
    )
