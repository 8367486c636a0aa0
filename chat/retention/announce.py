"""What is told beforehand: a day on each conversation, and one mail to its owner about all of a day."""

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import dateformat

from chat import jobs
from chat.models import Conversation, User
from chat.models.one_at_a_time import one_at_a_time
from chat.retention.prune import notice


def announce(today: datetime.date) -> int:
    """Give their day to all that are due, and tell each owner once; how many there were."""
    owners = to_tell(today).order_by("owner").values_list("owner", flat=True)
    return sum(_tell(owner_id, today) for owner_id in list(owners.distinct()))


def to_tell(today: datetime.date) -> QuerySet[Conversation]:
    """What announce() gives its day: who was told today hears of others tomorrow, which go a day later."""
    told = Conversation.objects.filter(deleted_at=None, going_on=today + notice())
    return Conversation.objects.to_announce(today).exclude(owner__in=told.values("owner"))


def spare(today: datetime.date) -> int:
    """Take their day from those that do not go on it any more, since RETENTION_DAYS was raised or taken away.

    Otherwise a setting that comes back would find them announced, long ago.
    """
    return Conversation.objects.to_spare(today).update(going_on=None)


def _tell(owner_id: int, today: datetime.date) -> int:
    """All of one person, with their mail, in one transaction; of several that try at once one does it."""
    day = today + notice()
    with transaction.atomic():
        one_at_a_time(f"retention of user {owner_id}")
        told = to_tell(today).filter(owner=owner_id).update(going_on=day)
        if told:
            _mail(User.objects.get(pk=owner_id), told, day)
    return told


def _mail(owner: User, count: int, day: datetime.date) -> None:
    """How many, and where to see which: titles are content, and a mail leaves the house."""
    date = dateformat.format(day, "l, j F Y")
    what = "1 of your chats is" if count == 1 else f"{count:,} of your chats are"
    jobs.mail(
        [owner],
        "chats_going",
        subject=f"{what} deleted on {date}",
        values={"what": what, "several": count > 1, "day": date, "days": settings.RETENTION_DAYS},
    )
