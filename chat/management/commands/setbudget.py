"""A budget for everyone, a group or a user: created, replaced or removed."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from chat import usage
from chat.management.who import user_named
from chat.models import Action, AuditEntry, Budget, Period, Unit

NANO = 1_000_000_000
MOST = 2**63 - 1


class Command(BaseCommand):
    help = (
        "Limit what everyone, a group or a user may use in each day, week (from Monday) or month: one budget a "
        "period and unit, which the same command replaces and --remove removes. What was used in the period "
        "before the budget was made counts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--user", metavar="U")
        whose.add_argument("--group", metavar="G")
        whose.add_argument("--everyone", action="store_true")
        parser.add_argument("--period", choices=Period.values, required=True)
        limit = parser.add_mutually_exclusive_group(required=True)
        limit.add_argument("--tokens", type=int, metavar="N")
        limit.add_argument("--usd", metavar="X", help="such as 12.50")
        limit.add_argument("--requests", type=int, metavar="N")
        parser.add_argument("--warn", type=int, metavar="PERCENT", help="shown from here on; 80 at first")
        parser.add_argument(
            "--remove", action="store_true", help="remove it; the number does not matter then"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        unit, limit = _limit(options)
        which = {**_whose(options), "period": options["period"], "unit": unit}
        if options["remove"]:
            budgets = Budget.objects.filter(**which)
            if not budgets:
                raise CommandError("There is no such budget.")
            with transaction.atomic():
                for budget in budgets:
                    AuditEntry.objects.record_at_console(
                        Action.BUDGET_REMOVED, subject=budget.user, detail=budget.in_trail
                    )
                usage.remove_budgets(budgets)
            self.stdout.write("The budget is removed.")
            return
        values: dict[str, Any] = {"limit": limit}
        if options["warn"] is not None:
            if not 1 <= options["warn"] <= 100:
                raise CommandError("--warn is a number from 1 to 100.")
            values["warn_percent"] = options["warn"]
        with transaction.atomic():
            usage.budget_begins()
            before = Budget.objects.filter(**which).first()
            budget, _ = Budget.objects.update_or_create(**which, defaults=values)
            usage.hold_counters([budget])
            AuditEntry.objects.record_at_console(
                Action.BUDGET_SET, subject=budget.user, detail=budget.changed_from(before)
            )
        now = usage.standing_now(budget)
        self.stdout.write(f"{budget}: {now.used_of_limit} are used; it resets on {now.resets_on}.")


def _whose(options: dict[str, Any]) -> dict[str, Any]:
    if options["user"]:
        return {"user": user_named(options["user"]), "group": None}
    if options["group"]:
        try:
            return {"user": None, "group": Group.objects.get(name=options["group"])}
        except Group.DoesNotExist as error:
            raise CommandError(f"There is no group {options['group']}.") from error
    return {"user": None, "group": None}


def _limit(options: dict[str, Any]) -> tuple[Unit, int]:
    """In the unit; USD as nano-USD."""
    if options["usd"] is not None:
        try:
            limit = int(Decimal(options["usd"]) * NANO)
        except (InvalidOperation, ValueError, OverflowError) as error:
            raise CommandError("--usd is an amount such as 12.50.") from error
        unit = Unit.USD
    elif options["tokens"] is not None:
        unit, limit = Unit.TOKENS, options["tokens"]
    else:
        unit, limit = Unit.REQUESTS, options["requests"]
    if not 0 <= limit <= MOST:
        raise CommandError("A limit is 0 or more, and not too large to be stored.")
    return unit, limit
