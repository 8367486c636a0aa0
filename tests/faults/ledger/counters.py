"""What is left of a mix beside the ledger's rows: counters of budgets, and what must be gone."""

import datetime
from collections.abc import Iterator, Sequence

from tests.chaos.stored import Database
from tests.faults.ledger.books import Row

BUDGETS = """
SELECT budget.id, budget.user_id, budget.group_id, budget.period, budget.unit, spending.starts_on,
    spending.used, spending.reserved
FROM chat_budget budget JOIN chat_spending spending ON spending.budget_id = budget.id ORDER BY budget.id
"""
LEFT = {
    "open calls": "SELECT count(*) FROM chat_call WHERE status = 'running'",
    "open replies": "SELECT count(*) FROM chat_reply WHERE state IN ('queued', 'running')",
    "reservations": "SELECT count(*) FROM chat_reservation",
    "rows with tokens reserved": "SELECT count(*) FROM chat_call WHERE reserved_tokens > 0",
    "chunks of replies": "SELECT count(*) FROM chat_replychunk",
}


def left(database: Database) -> dict[str, int]:
    """What has not been settled, by what it is."""
    counts = {what: database.read(sql)[0][0] for what, sql in LEFT.items()}
    return {what: count for what, count in counts.items() if count}


def miscounted(database: Database, ledger: Sequence[Row]) -> Iterator[str]:
    """Counters that are not what the rows say, of every budget and period."""
    members: dict[int, set[int]] = {}
    for group, user in database.read("SELECT group_id, user_id FROM chat_user_groups"):
        members.setdefault(group, set()).add(user)
    for budget, user, group, period, unit, start, used, reserved in database.read(BUDGETS):
        whose = {user} if user else members.get(group, set()) if group else None
        first = _date(start)
        counted = [
            row
            for row in ledger
            if (whose is None or row.user_id in whose) and first <= _date(row.day) < _end(first, period)
        ]
        due = sum(_amount(row, unit) for row in counted)
        if used != due or reserved:
            yield f"budget {budget} ({unit} a {period}) has used {used} and {reserved} reserved, not {due} and 0"


def _amount(row: Row, unit: str) -> int:
    if unit == "requests":
        return int(not row.never_went_out)
    if unit == "usd":
        return row.cost_nano_usd or 0
    return (row.prompt_tokens or 0) + (row.completion_tokens or 0)


def _end(first: datetime.date, period: str) -> datetime.date:
    if period == "month":
        return (first + datetime.timedelta(days=32)).replace(day=1)
    return first + datetime.timedelta(days={"day": 1, "week": 7}[period])


def _date(value: object) -> datetime.date:
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))
