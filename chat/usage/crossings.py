"""Who is told that a budget nears its end: once a level and period, in the transaction that settles."""

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from chat import jobs
from chat.models import Period, Spending, User
from chat.usage.standing import THIS, standing_of

# Levels, of `Spending.told_percent`, beside 0 and the budget's own warning level
USED_UP = 100
REFUSED = 101  # somebody was refused, since too little is left; not all is used

GATHERED = 60.0  # s that an administrator's mail about somebody's budget waits, for others to come along


def tell_crossing(spending: Spending, *, before: int) -> None:
    """After use has grown from `before`; the row is to be held.

    A level that use has come down from, since more was allowed, is told of again when it is reached again.
    """
    if not settings.MAIL:
        return
    told = _still_told(spending, before)
    reached = _level(spending, spending.used)
    if reached > told:
        _tell(spending, reached)
    _keep(spending, max(reached, told))


def tell_refusal(spending: Spending) -> None:
    """After a call was refused for what is used; the row is to be held.

    What does not fit although little is used is no news of the budget.
    """
    reached = _level(spending, spending.used)
    if not settings.MAIL or not reached or spending.told_percent >= USED_UP:
        return
    level = USED_UP if reached == USED_UP else REFUSED
    _tell(spending, level)
    _keep(spending, level)


def forget_levels(spending: Spending) -> None:
    """After more was allowed: those that use has come down from; the row is to be held."""
    _keep(spending, min(spending.told_percent, _level(spending, spending.used)))


def administrators() -> QuerySet[User]:
    """Those who can be told something."""
    return User.objects.filter(is_staff=True, is_active=True).exclude(email="").order_by("pk")


def _level(spending: Spending, used: int) -> int:
    if used >= spending.limit:
        return USED_UP
    warn = spending.budget.warn_percent
    return warn if used * 100 >= spending.limit * warn else 0


def _still_told(spending: Spending, before: int) -> int:
    level = _level(spending, before)
    if spending.told_percent == REFUSED:
        return REFUSED if level else 0
    return min(spending.told_percent, level)


def _keep(spending: Spending, level: int) -> None:
    if level != spending.told_percent:
        spending.told_percent = level
        spending.save(update_fields=["told_percent"])


def _tell(spending: Spending, level: int) -> None:
    budget = spending.budget
    if Period(budget.period).next_first_day(spending.starts_on) <= timezone.localdate():
        return  # a call ended that was opened in a period that is over
    if budget.user is None:
        _mail(spending, level, administrators(), name=standing_of(spending).name)
        return
    _mail(spending, level, [budget.user], name=standing_of(spending).name)
    if level >= USED_UP:
        _mail_about(budget.user, spending, level)


def _mail(spending: Spending, level: int, to: "QuerySet[User] | list[User]", *, name: str) -> None:
    values = _values(spending, level, name) | {"own": spending.budget.user_id is not None}
    if level < USED_UP:
        subject = f"{name} has reached {level}%"
        jobs.mail(to, "budget_warning", subject=subject, values=values | {"level": level})
    else:
        jobs.mail(to, "budget_used_up", subject=f"{name} {_ends(level)}", values=values)


def _mail_about(user: User, spending: Spending, level: int) -> None:
    """To the administrators: one mail for many people whose budgets end at the same time."""
    name = f"The budget of {user.get_username()} for {THIS[Period(spending.budget.period)]}"
    jobs.mail(
        administrators().exclude(pk=user.pk),
        "budgets_of_users",
        subject=f"{name} {_ends(level)}",
        values={"budgets": [_values(spending, level, name) | {"about": user.pk}]},
        wait=GATHERED,
    )


def _values(spending: Spending, level: int, name: str) -> dict[str, object]:
    standing = standing_of(spending)
    return {
        "name": name,
        "ends": _ends(level),
        "rest": "what is short enough" if level == REFUSED else "nothing",
        "used": standing.used_of_limit,
        "resets_on": standing.resets_on,
    }


def _ends(level: int) -> str:
    return "has too little left" if level == REFUSED else "is used up"
