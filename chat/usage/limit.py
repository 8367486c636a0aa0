"""What budgets leave of an answer, or why nothing."""

from collections.abc import Sequence

from django.conf import settings

from chat.models import Spending, Unit
from chat.usage.errors import InUse, Unpriced, UsedUp
from chat.usage.standing import Standing, standing_of
from chat.usage.worst import Worst

LEAST_ANSWER = 16  # tokens: less says nothing


def longest_answer(counters: Sequence[Spending], worst: Worst, model: str) -> int:
    """Tokens: what was wanted, or as much as the tightest budget leaves. Raises OverBudget.

    The counters are to be held. Of several budgets that refuse, the one speaks that refuses longest: what is
    used up comes before what will be free again.
    """
    if not counters:
        return worst.answer
    if worst.price is None and settings.UNPRICED_UNDER_USD_BUDGET == "refuse":
        for spending in counters:
            if spending.budget.unit == Unit.USD:
                raise Unpriced(standing_of(spending), model)
    least = min(LEAST_ANSWER, worst.answer)
    refusing = [
        spending for spending in counters if worst.longest_answer(spending.budget.unit, spending.left) < least
    ]
    spent = [
        spending
        for spending in refusing
        if worst.longest_answer(spending.budget.unit, spending.left + spending.reserved) < least
    ]
    if spent:
        raise UsedUp(_last_to_reset(spent))
    if refusing:
        raise InUse(_last_to_reset(refusing))
    return min(worst.longest_answer(spending.budget.unit, spending.left) for spending in counters)


def _last_to_reset(counters: Sequence[Spending]) -> Standing:
    return max(map(standing_of, counters), key=lambda standing: standing.resets_on_day)
