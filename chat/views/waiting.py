"""Requests for more of a budget that wait for an answer, the oldest first, a page at a time."""

from dataclasses import dataclass

from chat import usage
from chat.forms import DeclineForm, GrantForm
from chat.models import BudgetRequest, User

SHOWN = 50


@dataclass(frozen=True)
class Waiting:
    """Each with how its budget stands and the two forms that answer it; `newer`: the next page is behind it."""

    requests: list[BudgetRequest]
    newer: int | None


def waiting(
    by: User,
    *,
    after: int = 0,
    grant: tuple[int, GrantForm] | None = None,
    decline: tuple[int, DeclineForm] | None = None,
) -> Waiting:
    """Those behind the number `after`, for `by` to answer; a form that was refused is the first of its page."""
    refused = grant or decline
    first = refused[0] if refused else after + 1
    rows = BudgetRequest.objects.open().select_related("budget__group", "budget__user", "user")
    found = list(rows.filter(pk__gte=first).order_by("pk")[: SHOWN + 1])
    shown = found[:SHOWN]
    standings = usage.standings_of({asked.budget_id for asked in shown})
    for asked in shown:
        asked.standing = standings[asked.budget_id]  # type: ignore[attr-defined]
        asked.may_be_granted = usage.may_grant(asked, by)  # type: ignore[attr-defined]
        asked.grant_form = (  # type: ignore[attr-defined]
            grant[1]
            if grant and grant[0] == asked.pk
            else GrantForm(None, asked.budget, prefix=f"grant-{asked.pk}")
        )
        asked.decline_form = (  # type: ignore[attr-defined]
            decline[1]
            if decline and decline[0] == asked.pk
            else DeclineForm(None, prefix=f"decline-{asked.pk}")
        )
    return Waiting(shown, shown[-1].pk if len(found) > SHOWN else None)
