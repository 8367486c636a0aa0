"""One mail, from its row to a real mail server, however that behaves."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from chat import jobs
from chat.jobs import Runner, line
from chat.jobs import runner as runner_module
from chat.models import Budget, Job, JobKind, User
from chat.notices import Sending, sending
from chat.usage import crossings
from config.environment import MailServer as Address
from tests.mail_server import MailServer
from tests.notices.test_levels import spend
from tests.site import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

ALICE, CHARLIE = "alice@example.org", "charlie@example.org"


@pytest.fixture(autouse=True)
def configured(settings: Any, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    use(settings, mail_server.port)
    settings.SITE_URL = "https://chat.example.org"
    monkeypatch.setattr(line, "LOOK", 0.1)
    monkeypatch.setattr(sending, "PAUSES", (0.2,) * 5)


@pytest.fixture
def open_runner(transactional_db: None) -> Iterator[Callable[[], Runner]]:
    opened: list[Runner] = []

    def open_one() -> Runner:
        opened.append(Runner.open({JobKind.MAIL: Sending}))
        return opened[-1]

    yield open_one
    for runner in opened:
        runner.close()


def use(settings: Any, port: int) -> None:
    settings.MAIL = Address("127.0.0.1", port, "", "", starttls=False, tls=False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.DEFAULT_FROM_EMAIL = "Parley <parley@chat.example.org>"


def posted(*to: User, subject: str = "Hello") -> None:
    values = {"name": subject, "ends": "is used up", "used": "1 of 1 request", "rest": "nothing", "own": True}
    with transaction.atomic():
        jobs.mail(to, "budget_used_up", subject=subject, values=values)


def line_is_empty() -> None:
    wait_for(lambda: not Job.objects.exists(), "every mail to be over")


def test_a_mail_is_short_plain_and_leads_to_the_site(
    alice: User, open_runner: Callable[[], Runner], mail_server: MailServer
) -> None:
    Budget.objects.create(unit="requests", limit=1, period="day", user=alice)
    open_runner()
    spend(alice)
    (mail,) = mail_server.wait(1)
    assert mail["To"] == ALICE
    assert mail["From"] == "Parley <parley@chat.example.org>"
    assert mail["Subject"] == "Your budget for today is used up"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    text = mail.get_content()
    assert "Used: 1 of 1 request." in text
    assert "https://chat.example.org/usage/requests/" in text
    assert len(text) < 400
    line_is_empty()


def test_what_people_are_called_is_written_as_it_is_and_on_one_line(
    alice: User, bob: User, open_runner: Callable[[], Runner], mail_server: MailServer
) -> None:
    team = Group.objects.create(name="R&D <é>\r\nBcc: eve@evil.example")
    alice.groups.add(team)
    Budget.objects.create(unit="requests", limit=1, period="day", group=team)
    open_runner()
    spend(alice)
    (mail,) = mail_server.wait(1)
    assert mail["Subject"].strip() == "The budget of R&D <é> Bcc: eve@evil.example for today is used up"
    assert mail["Bcc"] is None
    assert "R&D <é>" in mail.get_content()


def test_a_server_that_is_down_is_asked_again(
    alice: User, open_runner: Callable[[], Runner], mail_server: MailServer, caplog: Any
) -> None:
    mail_server.stop()
    posted(alice)
    open_runner()
    wait_for(lambda: "is tried again" in caplog.text, "the first try")
    mail_server.start()
    mail_server.wait(1)
    line_is_empty()
    assert mail_server.to(ALICE) == ["Hello"]


def test_a_server_that_says_later_is_asked_again_and_takes_one(
    alice: User, open_runner: Callable[[], Runner], mail_server: MailServer
) -> None:
    mail_server.answers = ["451 Try again later", "421 Too busy"]
    posted(alice)
    open_runner()
    mail_server.wait(1)
    line_is_empty()
    assert (len(mail_server.tries), mail_server.to(ALICE)) == (3, ["Hello"])


def test_an_address_that_is_refused_is_given_up_at_once_and_holds_nobody_up(
    alice: User, charlie: User, open_runner: Callable[[], Runner], mail_server: MailServer, caplog: Any
) -> None:
    mail_server.refused.add(ALICE)
    posted(alice, charlie)
    open_runner()
    mail_server.wait(1)
    line_is_empty()
    assert (mail_server.tries.count(ALICE), mail_server.to(CHARLIE)) == (1, ["Hello"])
    assert "is given up: SMTPRecipientsRefused" in caplog.text


def test_a_mail_that_nobody_takes_is_given_up_after_an_hour_with_a_line_in_the_log(
    alice: User, open_runner: Callable[[], Runner], mail_server: MailServer, caplog: Any
) -> None:
    mail_server.answers = ["451 No"] * 100
    posted(alice)
    open_runner()
    line_is_empty()
    assert len(mail_server.tries) == 1 + len(sending.PAUSES)
    (given_up,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert f"to user {alice.pk} is given up" in given_up.getMessage()


def test_the_pauses_grow_and_make_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert list(sending.PAUSES) == sorted(sending.PAUSES)
    assert (len(sending.PAUSES), sum(sending.PAUSES)) == (5, 3600)


def test_several_runners_send_nothing_twice(
    alice: User, open_runner: Callable[[], Runner], mail_server: MailServer
) -> None:
    for _ in range(3):
        open_runner()
    for number in range(20):
        posted(alice, subject=f"Number {number}")
    mail_server.wait(20)
    line_is_empty()
    assert sorted(mail_server.to(ALICE)) == sorted(f"Number {number}" for number in range(20))


def test_a_mail_whose_process_died_is_sent_by_another(
    alice: User, open_runner: Callable[[], Runner], mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sending, "silence", 0.5)
    posted(alice)
    assert Job.objects.all().claim(Job.objects.get().pk, uuid4(), beat=0)
    open_runner()
    mail_server.wait(1)
    line_is_empty()
    assert mail_server.to(ALICE) == ["Hello"]


def test_a_silent_server_holds_up_no_end_of_a_process_and_the_mail_is_sent_by_another(
    alice: User,
    open_runner: Callable[[], Runner],
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner_module, "LAST", 0.5)
    monkeypatch.setattr(Sending, "silence", 1.0)
    mail_server.silent = True
    posted(alice)
    first = open_runner()
    wait_for(lambda: mail_server.tries, "the first try")
    began = time.monotonic()
    first.close()
    assert time.monotonic() - began < 5
    assert Job.objects.get().state == "running"
    mail_server.silent = False
    open_runner()
    mail_server.wait(1)
    line_is_empty()
    mail_server.stop()  # the first try ends, and finds that its job is somebody else's
    wait_for(lambda: threads() == 1, "the first runner's thread to end")
    assert mail_server.to(ALICE) == ["Hello"]


def threads() -> int:
    return sum(thread.name == "jobs: mail" for thread in threading.enumerate())


def test_many_users_at_their_limits_make_one_mail_to_an_administrator(
    alice: User,
    bob: User,
    charlie: User,
    open_runner: Callable[[], Runner],
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crossings, "GATHERED", 2.0)
    for user in (alice, charlie):
        Budget.objects.create(unit="requests", limit=1, period="day", user=user)
        Budget.objects.create(unit="requests", limit=1, period="month", user=user)
        spend(user)
    for _ in range(3):
        open_runner()
    wait_for(lambda: mail_server.to("bob@example.org"), "the administrator's mail")
    line_is_empty()
    assert mail_server.to("bob@example.org") == ["4 budgets of users have no room left"]
    text = next(mail for mail in mail_server.mails if mail["To"] == "bob@example.org").get_content()
    for whose in ("alice for today", "alice for this month", "charlie for today", "charlie for this month"):
        assert f"The budget of {whose} is used up. Used: 1 of 1 request." in text


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_who_left_meanwhile_is_not_written_to(
    alice: User, charlie: User, open_runner: Callable[[], Runner], mail_server: MailServer, change: Any
) -> None:
    posted(alice, charlie)
    User.objects.filter(pk=alice.pk).update(**change)
    open_runner()
    line_is_empty()
    assert mail_server.tries == [CHARLIE]


def test_what_is_a_day_old_is_told_to_nobody(
    alice: User, open_runner: Callable[[], Runner], mail_server: MailServer
) -> None:
    posted(alice)
    Job.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    open_runner()
    line_is_empty()
    assert mail_server.tries == []


def test_a_fault_of_our_own_is_given_up_and_holds_nobody_up(
    alice: User, charlie: User, open_runner: Callable[[], Runner], mail_server: MailServer, caplog: Any
) -> None:
    with transaction.atomic():
        jobs.mail([alice], "there_is_no_such_template", subject="Hello", values={})
    posted(charlie)
    open_runner()
    line_is_empty()
    assert mail_server.to(CHARLIE) == ["Hello"]
    assert "is given up: TemplateDoesNotExist" in caplog.text


def test_no_password_is_in_the_log(
    alice: User, open_runner: Callable[[], Runner], mail_server: MailServer, settings: Any, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "parley", "wrong-password"
    posted(alice)
    open_runner()
    line_is_empty()
    assert set(mail_server.passwords) == {"wrong-password"}
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("mail"))
    assert "SMTPAuthenticationError: 535" in ours
    assert "wrong-password" not in ours
