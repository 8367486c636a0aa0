"""What waits to be sent and names somebody who goes."""

from typing import Any

from chat.models import Job, JobKind, JobState, User

GATHERING = "budgets_of_users"  # the template of mails that tell of several people


def forget(user: User) -> None:
    """Take them out of mails to others; what told of them alone is not sent. Needs a transaction.

    A mail that is being sent meanwhile is put back without them, for its sender to find that it is lost: whoever
    was to read it may read the rest twice.
    """
    mails = Job.objects.open().filter(kind=JobKind.MAIL)
    mails.filter(result__values__about=user.pk).delete()
    for mail in mails.filter(result__template=GATHERING).order_by("pk").select_for_update():
        told: list[dict[str, Any]] = mail.result["values"]["budgets"]
        rest = [budget for budget in told if budget.get("about") != user.pk]
        if not rest:
            mail.delete()
        elif len(rest) < len(told):
            _put_back(mail, rest)


def _put_back(mail: Job, budgets: list[dict[str, Any]]) -> None:
    result = {**mail.result, "values": {**mail.result["values"], "budgets": budgets}}
    name = f"{budgets[0]['name']} {budgets[0]['ends']}"
    Job.objects.filter(pk=mail.pk).update(state=JobState.QUEUED, worker=None, name=name, result=result)
