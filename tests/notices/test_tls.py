"""Mail over TLS: both ways of it deliver, and nothing is handed to a server that is not whom it says it is."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chat.jobs import Runner, line
from chat.models import Job, JobKind, User
from chat.notices import Sending, sending
from config import environment
from tests.certificate import certificate_for
from tests.mail_server import MailServer
from tests.notices.test_sending import ALICE, line_is_empty, posted
from tests.site import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(line, "LOOK", 0.1)
    monkeypatch.setattr(sending, "PAUSES", (0.2,) * 5)
    caplog.set_level(logging.INFO)


@pytest.fixture
def running(transactional_db: None) -> Iterator[Callable[[], None]]:
    opened: list[Runner] = []
    yield lambda: opened.append(Runner.open({JobKind.MAIL: Sending}))
    for runner in opened:
        runner.close()


@pytest.fixture(params=["smtp+tls", "smtps"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MailServer]:
    server = MailServer(request.param, certificate_for(HERE, tmp_path)).start()
    yield server
    server.stop()


def use(settings: Any, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """As config/settings.py does with EMAIL_URL."""
    monkeypatch.setenv("EMAIL_URL", url)
    settings.MAIL = mail = environment.mail_server("EMAIL_URL")
    assert mail is not None
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = mail.host, mail.port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = mail.user, mail.password
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = mail.starttls, mail.tls


def trust(monkeypatch: pytest.MonkeyPatch, server: MailServer) -> None:
    assert server.certificate is not None
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate.file))


def with_password(server: MailServer, password: str) -> str:
    return server.url.replace("//", f"//parley:{password}@")


def test_a_trusted_server_is_handed_password_and_mail_over_tls(
    alice: User,
    server: MailServer,
    running: Callable[[], None],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(settings, monkeypatch, with_password(server, "right-password"))
    trust(monkeypatch, server)
    posted(alice)
    running()
    server.wait(1)
    line_is_empty()
    assert server.to(ALICE) == ["Hello"]
    assert (server.passwords, server.was_encrypted) == (["right-password"], [True])


def test_a_certificate_that_nobody_trusts_gets_nothing_and_the_mail_waits_until_it_is_right(
    alice: User,
    server: MailServer,
    running: Callable[[], None],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(sending, "PAUSES", (0.2,) * 500)
    use(settings, monkeypatch, with_password(server, "right-password"))
    posted(alice)
    running()
    wait_for(lambda: caplog.text.count("is tried again") > 1, "two tries")
    assert "the certificate of 127.0.0.1 is not trusted: self-signed certificate" in caplog.text
    assert (server.passwords, server.tries, Job.objects.count()) == ([], [], 1)
    trust(monkeypatch, server)
    server.wait(1)
    line_is_empty()
    assert server.to(ALICE) == ["Hello"]


def test_a_certificate_of_somebody_else_gets_nothing(
    alice: User,
    server: MailServer,
    running: Callable[[], None],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    server.stop()
    server.certificate = certificate_for(ELSEWHERE, tmp_path)
    server.start()
    use(settings, monkeypatch, with_password(server, "right-password"))
    trust(monkeypatch, server)
    posted(alice)
    running()
    wait_for(lambda: "is tried again" in caplog.text, "the first try")
    assert "is not trusted: IP address mismatch" in caplog.text
    assert (server.passwords, server.mails) == ([], [])


def test_a_server_without_starttls_is_told_no_password(
    alice: User,
    mail_server: MailServer,
    running: Callable[[], None],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    plain = with_password(mail_server, "right-password")
    use(settings, monkeypatch, plain.replace("smtp:", "smtp+tls:"))
    posted(alice)
    running()
    wait_for(lambda: "is tried again" in caplog.text, "the first try")
    assert "STARTTLS extension not supported by server" in caplog.text
    assert (mail_server.passwords, mail_server.mails, Job.objects.count()) == ([], [], 1)


def test_after_a_wrong_password_the_mail_waits_for_the_right_one(
    alice: User,
    server: MailServer,
    running: Callable[[], None],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(sending, "PAUSES", (0.2,) * 500)
    use(settings, monkeypatch, with_password(server, "wrong-password"))
    trust(monkeypatch, server)
    posted(alice)
    running()
    wait_for(lambda: "is tried again" in caplog.text, "the first try")
    assert "SMTPAuthenticationError: 535" in caplog.text
    settings.EMAIL_HOST_PASSWORD = "right-password"
    server.wait(1)
    line_is_empty()
    assert server.to(ALICE) == ["Hello"]
    ours = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("mail"))
    assert "password" not in ours
