"""Retention is told by mail: once a person and day, with how many and where to see which."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chat.models import Conversation, Job, User
from chat.notices.letter import letter_of
from chat.retention import announce
from config.environment import MailServer
from tests.management.test_prune import made

TODAY = datetime(2026, 11, 25, 3, tzinfo=UTC)
SECRET = "What we pay for the house"


@pytest.fixture(autouse=True)
def mail(settings: Any) -> None:
    settings.MAIL = MailServer("127.0.0.1", 25, "", "", starttls=False, tls=False)
    settings.SITE_URL = "https://chat.example.org"
    settings.RETENTION_DAYS = 90


def told(moment: datetime = TODAY) -> list[tuple[str, str, str]]:
    """What one night tells: to whom, the subject and the text."""
    with time_machine.travel(moment, tick=False):
        announce(moment.date())
        letters = [letter_of(job) for job in Job.objects.filter(kind="mail").order_by("pk")]
    Job.objects.all().delete()
    return [(letter.to[0], letter.subject, str(letter.body)) for letter in letters]


def test_one_mail_a_person_says_how_many_and_from_which_day_and_where_to_keep_them(
    alice: User, charlie: User
) -> None:
    for days in (84, 100, 400):
        made(alice, days)
    made(charlie, 400)
    made(charlie, 80)
    hers, his = told()
    assert hers[:2] == ("alice@example.org", "3 of your chats are deleted on Wednesday, 2 December 2026")
    assert his[:2] == ("charlie@example.org", "1 of your chats is deleted on Wednesday, 2 December 2026")
    assert "90 days after their last message" in hers[2]
    assert "https://chat.example.org/conversations/going/" in hers[2]
    assert "https://chat.example.org/imports/" in hers[2]


def test_no_title_leaves_the_house(alice: User) -> None:
    made(alice, 400, title=SECRET)
    ((_, subject, text),) = told()
    assert SECRET not in subject + text


def test_the_same_are_not_told_again_and_new_ones_are(alice: User) -> None:
    made(alice, 400)
    made(alice, 82)
    assert len(told()) == 1
    assert told() == []
    assert told(TODAY + timedelta(days=1)) == []
    ((_, subject, _),) = told(TODAY + timedelta(days=2))
    assert subject == "1 of your chats is deleted on Friday, 4 December 2026"


def test_a_second_mail_waits_for_the_next_day_and_so_does_what_it_tells_of(alice: User) -> None:
    made(alice, 400)
    later = made(alice, 400, pinned=True)
    assert len(told()) == 1
    later.pin(False)
    assert told() == []
    later.refresh_from_db()
    assert later.going_on is None
    ((_, subject, _),) = told(TODAY + timedelta(days=1))
    assert subject == "1 of your chats is deleted on Thursday, 3 December 2026"


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_who_cannot_be_reached_gets_no_mail_and_a_notice_on_the_page(alice: User, change: Any) -> None:
    User.objects.filter(pk=alice.pk).update(**change)
    made(alice, 400)
    assert told() == []
    assert Conversation.objects.get().going_on == (TODAY + timedelta(days=7)).date()


def test_without_mail_the_page_alone_tells_it(alice: User, settings: Any) -> None:
    settings.MAIL = None
    made(alice, 400)
    assert told() == []
    assert Conversation.objects.get().going_on == (TODAY + timedelta(days=7)).date()
