"""No budget begins between the moment a call reads its budgets and the one its row is there to be counted."""

from chat.models import many_at_a_time, one_at_a_time

NAME = "budgets that begin"


def budgets_stay() -> None:
    """Until the transaction ends. Say it before the budgets are read that a call is admitted by.

    Whoever read them before one began would open a call that the new counter never hears of.
    """
    many_at_a_time(NAME)


def budget_begins() -> None:
    """Say it first in the transaction that makes a budget: it waits for the calls that are being admitted."""
    one_at_a_time(NAME)
