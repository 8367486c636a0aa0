"""The second step of a log-in: codes of an app, and recovery codes."""

from functools import cached_property
from hashlib import sha256
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache

from chat.models import User

LASTS = app_settings.TOTP_PERIOD * (1 + 2 * app_settings.TOTP_TOLERANCE)  # s for which a code is right


class Codes:
    """A code is right once, for as long as it would be right (RFC 6238, 5.2).

    allauth remembers a spent one for a single period, and the one that set an app up not at all.
    """

    user: User
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        digits = "".join(filter(str.isdigit, self.cleaned_data["code"]))
        spent = f"spent-{self.user.pk}-{sha256(digits.encode()).hexdigest()}"
        if cache.get(spent):
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()  # type: ignore[misc]
        cache.set(spent, True, LASTS)
        return code

    @cached_property
    def steps(self) -> set[str]:
        """Which of `totp`, `webauthn` and `recovery_codes` this person has; the page names no other app or key."""
        return set(Authenticator.objects.filter(user=self.user).values_list("type", flat=True))


class SetUpAppForm(Codes, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app."""


class SecondStepForm(Codes, AuthenticateForm):  # type: ignore[misc]
    """A code after the password."""


class SecondStepAgainForm(Codes, ReauthenticateForm):  # type: ignore[misc]
    """A code before something that keeps the account safe is changed."""
