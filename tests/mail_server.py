"""A mail server on 127.0.0.1 that keeps what it takes, and refuses what a test tells it to."""

import asyncio
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from tests.certificate import Certificate
from tests.ports import free_port
from tests.site import wait_for

TAKEN = "250 Message accepted for delivery"


class MailServer:
    """`answers` are given to the next recipients in turn, and `refused` addresses are never taken.

    `scheme` is that of EMAIL_URL; with smtp+tls it takes no password before STARTTLS.
    """

    def __init__(self, scheme: str = "smtp", certificate: Certificate | None = None) -> None:
        self.port = free_port()
        self.scheme = scheme
        self.certificate = certificate
        self.mails: list[EmailMessage] = []
        self.tries: list[str] = []
        self.answers: list[str] = []
        self.refused: set[str] = set()
        self.passwords: list[str] = []
        self.silent = False  # from the recipient on
        self.was_encrypted: list[bool] = []  # of each password
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self) -> "MailServer":
        context = self.certificate.context if self.certificate else None
        starttls = context if self.scheme == "smtp+tls" else None
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=self._authenticate,
            auth_require_tls=starttls is not None,
            require_starttls=starttls is not None,
            tls_context=starttls,
            ssl_context=context if self.scheme == "smtps" else None,
            decode_data=False,
            ready_timeout=60.0,
        )
        self._controller.start()
        return self

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def wait(self, number: int, seconds: float = 30.0) -> list[EmailMessage]:
        """Once so many mails have come."""
        wait_for(lambda: len(self.mails) >= number, f"mail {number}", seconds)
        return list(self.mails)

    def to(self, address: str) -> list[str]:
        """The subjects of what came for it, in order."""
        return [str(mail["Subject"]) for mail in self.mails if mail["To"] == address]

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tries.append(address)
        if self.silent:
            await asyncio.Event().wait()
        if address in self.refused:
            return "550 No such mailbox here"
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        return TAKEN

    def _authenticate(
        self, server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.passwords.append(data.password.decode())
        self.was_encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return AuthResult(success=data.password != b"wrong-password", handled=False)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer().start()
    yield server
    server.stop()
