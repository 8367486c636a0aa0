"""What is told of requests for more of a budget. Call these in the transaction of what they tell of."""

from django.utils import dateformat, timezone

from chat import jobs, usage
from chat.models import BudgetRequest, Period, RequestState


def request_made(request: BudgetRequest) -> None:
    """To every administrator, with the reason, which is written for them."""
    budget, who = request.budget, request.user.get_username()
    jobs.mail(
        usage.administrators(),
        "request_made",
        subject=f"{who} asks for more of a budget",
        values={
            "about": request.user_id,
            "who": who,
            "budget": budget.in_trail,
            "used": usage.standing_now(budget).used_of_limit,
            "reason": request.reason.splitlines(),
        },
    )


def request_decided(request: BudgetRequest) -> None:
    """To who asked."""
    granted = request.state == RequestState.GRANTED
    jobs.mail(
        [request.user],
        "request_decided",
        subject=f"Your request for more was {request.state}",
        values={
            "budget": request.budget.in_trail,
            "granted": granted,
            "amount": request.amount_words,
            "until": "" if request.permanent else _resets_on(request),
            "answer": request.answer.splitlines(),
        },
    )


def _resets_on(request: BudgetRequest) -> str:
    decided_on = timezone.localdate(request.decided_at or timezone.now())
    return dateformat.format(Period(request.budget.period).next_first_day(decided_on), "l, j F Y")
