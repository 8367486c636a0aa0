"""The end of a deletion whose process died over it."""

import logging
from typing import ClassVar

from django.db import transaction

from chat.accounts import erasure
from chat.jobs import Work
from chat.models import DATABASE_AWAY, Action, AuditEntry, Job

log = logging.getLogger(__name__)

AGAIN = 600.0  # s


class Leaving(Work):
    """Put down by erasure.leave(), and gone with the account: it is found only where that was not deleted in time.

    Every part may be done again, also beside another that does it.
    """

    # What runs is waited for, and very many chats are deleted, without a beat
    silence: ClassVar[float] = 300.0

    def run(self) -> None:
        user = self._job.person
        try:
            erasure.retire(user)
            with transaction.atomic():
                if erasure.hold(user):
                    AuditEntry.objects.record_by_site(
                        Action.USER_DELETED, subject=user, detail="the rest of a deletion that was cut off"
                    )
                    erasure.erase(user)
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception(
                "The account of user %d is not deleted yet; another try follows", self._job.owner_id
            )
            Job.objects.all().put_off(self._job.pk, self._worker, seconds=AGAIN, done=0, result={})
