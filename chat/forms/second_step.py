"""The second step of a log-in."""

from functools import cached_property

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code."""

    @cached_property
    def steps(self) -> set[str]:
        """What this person has set up: of `totp`, `webauthn`, `recovery_codes`. The page offers nothing else."""
        return set(Authenticator.objects.filter(user=self.user).values_list("type", flat=True))
