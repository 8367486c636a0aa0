"""A whole site that sends mail: one a level, and none twice."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.certificate import certificate_for
from tests.faults.test_budgets import ended, send_at_once
from tests.mail_server import MailServer
from tests.site import Site, post, wait_for
from tests.upstream import Answer, Upstream

ALICE = "alice@example.org"
SENDS = 50


@pytest.fixture
def site(start: Callable[..., Site], database: dict[str, str], mail_server: MailServer) -> Site:
    return start(WEB_CONCURRENCY="3", GRACE_SECONDS="20", EMAIL_URL=mail_server.url, **database)


@pytest.fixture
def alice(site: Site) -> httpx.Client:
    """The administrator, who has an address."""
    client = site.set_up()
    give_address(site)
    return client


def give_address(site: Site) -> None:
    statement = f"from chat.models import User; User.objects.filter(username='alice').update(email='{ALICE}')"
    site.manage("shell", "-c", statement)


def test_fifty_sends_at_three_workers_make_one_mail_a_level(
    site: Site, alice: httpx.Client, upstream: Upstream, mail_server: MailServer
) -> None:
    site.manage("setbudget", "--everyone", "--period", "month", "--requests", "40", "--warn", "50")
    upstream.default = lambda record: Answer("One two")

    answers = send_at_once(site, alice, SENDS)
    ended(alice, [answer for answer in answers if answer.status_code == 303])
    while (answer := post(alice, "/conversations/", text="More", send_id=str(uuid4()))).status_code == 303:
        ended(alice, [answer])
    assert "is used up: 40 of 40 requests" in answer.text

    mail_server.wait(2)
    wait_for(lambda: "(0 rows)" in waiting(site), "the line to be empty")
    assert sorted(mail_server.to(ALICE)) == [
        "The budget of everyone for this month has reached 50%",
        "The budget of everyone for this month is used up",
    ]
    assert "Traceback" not in site.log


def waiting(site: Site) -> str:
    mails = "from chat.models import Job; print(f'({Job.objects.filter(kind=\"mail\").count()} rows)')"
    return site.manage("shell", "-c", mails)


def test_a_site_hands_its_password_to_the_server_and_not_to_its_log(
    start: Callable[..., Site], upstream: Upstream, mail_server: MailServer
) -> None:
    mail_server.answers = ["451 Try again later"]
    url = mail_server.url.replace("//", "//parley:right-password@")
    site = start(EMAIL_URL=url, DEFAULT_FROM_EMAIL="team@example.org", DEBUG="true")
    client = site.set_up()
    give_address(site)
    site.manage("setbudget", "--user", "alice", "--period", "day", "--requests", "1")
    ended(client, [post(client, "/conversations/", text="Hello", send_id=str(uuid4()))])

    (mail,) = mail_server.wait(1)
    assert (mail["From"], mail["Subject"]) == ("team@example.org", "Your budget for today is used up")
    assert f"{site.url}/usage/requests/" in mail.get_content()
    assert len(mail_server.tries) == 2
    assert set(mail_server.passwords) == {"right-password"}
    assert "is tried again in 10 s" in site.log
    assert "right-password" not in site.log


@pytest.mark.parametrize("scheme", ["smtp+tls", "smtps"])
def test_a_site_sends_over_tls_to_a_server_that_its_environment_trusts(
    start: Callable[..., Site], upstream: Upstream, tmp_path: Path, scheme: str
) -> None:
    certificate = certificate_for("127.0.0.1", tmp_path)
    server = MailServer(scheme, certificate).start()
    url = server.url.replace("//", "//parley:right-password@")
    site = start(EMAIL_URL=url, SSL_CERT_FILE=str(certificate.file))
    client = site.set_up()
    give_address(site)
    site.manage("setbudget", "--user", "alice", "--period", "day", "--requests", "1")
    ended(client, [post(client, "/conversations/", text="Hello", send_id=str(uuid4()))])

    server.wait(1)
    server.stop()
    assert server.to(ALICE) == ["Your budget for today is used up"]
    assert (server.passwords, server.was_encrypted) == (["right-password"], [True])
