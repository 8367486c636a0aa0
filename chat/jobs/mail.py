"""A mail is a job: put in its line in the transaction of what it tells of, and sent afterwards."""

import time
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from chat.jobs.runner import wake
from chat.models import Job, JobKind, User
from chat.models.job import AFTER

SUBJECT_CHARACTERS = 200


def mail(
    to: Iterable[User], template: str, *, subject: str, values: dict[str, object], wait: float = 0
) -> None:
    """To each of `to` who is active and has an address, but for one that they gave themselves and never confirmed:
    it may be a stranger's. Nothing while no outgoing mail is configured.

    The text is `templates/notices/<template>.txt`, which is given `values` when it is sent, at the earliest in
    `wait` seconds. Needs a transaction.
    """
    if not settings.MAIL:
        return
    result: dict[str, object] = {"template": template, "values": values}
    if wait:
        result[AFTER] = time.time() + wait
    name = " ".join(subject.split())[:SUBJECT_CHARACTERS]
    reachable = [user for user in to if user.is_active and user.email]
    unconfirmed = _unconfirmed(reachable)
    posted = Job.objects.bulk_create(
        Job(owner=user, kind=JobKind.MAIL, name=name, result=result)
        for user in reachable
        if (user.pk, user.email.lower()) not in unconfirmed
    )
    if posted:
        transaction.on_commit(lambda: wake(JobKind.MAIL))


def _unconfirmed(users: list[User]) -> set[tuple[int, str]]:
    """Whatever people give themselves has a row of allauth's; what an administrator entered has none."""
    rows = EmailAddress.objects.filter(user__in=users, verified=False)
    return {(user_id, email.lower()) for user_id, email in rows.values_list("user_id", "email")}
