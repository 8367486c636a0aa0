"""What stands between a password and the log-in."""

from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from chat.accounts.second_step import STEPS
from chat.models import Invitation


class SignUpConfirmed(EmailVerificationStage):  # type: ignore[misc]
    """Whoever came by their address alone must have confirmed it before the first log-in.

    Accounts that an administrator made or invited, and those that were let in before, need no address.
    """

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        user = self.login.user
        if user is not None and (
            user.last_login
            or not EmailAddress.objects.filter(user=user).exists()
            or Invitation.objects.filter(used_by=user).exists()
        ):
            return None, True
        response, goes_on = super().handle()
        return response, goes_on


class SecondStep(AuthenticateStage):  # type: ignore[misc]
    def is_resumable(self, request: HttpRequest) -> bool:
        """Whose second steps were taken away meanwhile begins anew: the step and the log-in page would
        send them to each other for ever."""
        user = self.login.user
        return user is not None and bool(is_mfa_enabled(user, STEPS))
