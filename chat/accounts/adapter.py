"""How Parley adapts django-allauth."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest
from django.shortcuts import render

log = logging.getLogger(__name__)

NOT_SENT = "The mail could not be handed in. Try again in a while, or ask an administrator."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from the set-up link and from the administrator."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that does not take it is a clear 503, whoever it was for."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            log.error(
                "A mail was not handed in: %s", type(error).__name__
            )  # its text may name who it was for
            words = {"heading": "No mail was sent", "words": NOT_SENT}
            page = render(self.request, "503.html", words, status=503)
            raise ImmediateHttpResponse(page) from error
