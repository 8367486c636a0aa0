"""Mail as EMAIL_URL would configure it, and the links in what came."""

import re
from typing import Any
from urllib.parse import urlsplit

from config.environment import MailServer as Address
from tests.mail_server import MailServer


def use(settings: Any, port: int) -> None:
    settings.MAIL = Address("127.0.0.1", port, "", "", starttls=False, tls=False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def link(server: MailServer) -> str:
    """The path of the one link in the newest mail."""
    (url,) = re.findall(r"https?://\S+", text(server))
    return urlsplit(url).path


def text(server: MailServer) -> str:
    body = server.mails[-1].get_body(("plain",))
    assert body is not None
    return body.get_content()
