"""The second step of a log-in, and of what asks for it once more."""

from functools import cached_property

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.cache import cache

LASTS = app_settings.TOTP_PERIOD * (1 + 2 * app_settings.TOTP_TOLERANCE)  # s for which a code is right


class Once(BaseAuthenticateForm):  # type: ignore[misc]
    """A code is right once (RFC 6238, 5.2): allauth remembers a spent one for a single period."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        digits = "".join(filter(str.isdigit, code))
        if not cache.add(f"spent-{self.user.pk}-{digits}", True, LASTS):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondStepForm(Once, AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code."""

    @cached_property
    def steps(self) -> set[str]:
        """What this person has set up: of `totp`, `webauthn`, `recovery_codes`. The page offers nothing else."""
        return set(Authenticator.objects.filter(user=self.user).values_list("type", flat=True))


class SecondStepAgainForm(Once, ReauthenticateForm):  # type: ignore[misc]
    """The same, within a session."""
