"""Who may ask the model now: so many at once in all and so many a user, the others in a fair order."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from chat.models import OPEN_STATES, Call, ReplyState


@dataclass(frozen=True)
class Turns:
    """`begin`: the waiting replies whose turn it is. `ahead`: for each of the others, how many come before it."""

    begin: frozenset[int]
    ahead: dict[int, int]


def take_turns(waiting_and_running: Iterable[tuple[int, int, bool]], *, at_once: int, a_user: int) -> Turns:
    """Of (reply, user, running) in the order in which they came; a limit of 0 is none.

    Whoever has fewer replies running or waiting comes first, so one user's burst does not hold up another's
    first question.
    """
    in_all, in_use, waiting = 0, Counter[int](), []
    for reply, user, running in waiting_and_running:
        if running:
            in_all += 1
            in_use[user] += 1
        else:
            waiting.append((reply, user))
    ranked: list[tuple[int, int]] = []
    for reply, user in waiting:
        ranked.append((in_use[user], reply))
        in_use[user] += 1
    begin: set[int] = set()
    ahead: dict[int, int] = {}
    for rank, reply in sorted(ranked):
        if (not a_user or rank < a_user) and (not at_once or in_all < at_once):
            begin.add(reply)
            in_all += 1
        else:
            ahead[reply] = len(ahead)
    return Turns(frozenset(begin), ahead)


def turns_now() -> Turns:
    """One query, over every process's replies."""
    asked = Call.objects.running().filter(
        reply__state__in=OPEN_STATES
    )  # a continued reply is as new as its call
    states = asked.order_by("pk").values_list("reply_id", "user_id", "reply__state")
    return take_turns(
        ((reply, user, state == ReplyState.RUNNING) for reply, user, state in states),
        at_once=settings.RUNNING_REPLIES,
        a_user=settings.RUNNING_REPLIES_A_USER,
    )
