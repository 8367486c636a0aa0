"""How Parley adapts django-allauth."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

from chat.accounts.sessions import end_sessions
from chat.accounts.setup_link import is_needed
from chat.models import User

log = logging.getLogger(__name__)

STAGES = {
    "allauth.account.stages.EmailVerificationStage": "chat.accounts.stages.SignUpConfirmed",
    "allauth.mfa.stages.AuthenticateStage": "chat.accounts.stages.SecondStep",
}
NOT_SENT = "The mail could not be handed in. Try again in a while, or ask an administrator."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Without an invitation. The first account is the administrator's, by the set-up link."""
        return settings.SIGNUP != "invite" and not is_needed()

    def get_login_stages(self) -> list[str]:
        return [STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def set_password(self, user: User, password: str) -> None:
        """Whoever else is logged in with the old one no longer is, and what they follow ends."""
        super().set_password(user, password)
        end_sessions(user, but=self.request.session.session_key if self.request.user == user else None)

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
