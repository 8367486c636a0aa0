"""The second step of a log-in: what Parley says of it, who must have one, and the audit trail of it."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.conf import settings
from django.http import HttpRequest

from chat.accounts.trail import address_of
from chat.models import Action, AuditEntry, User

STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes alone are none


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is wrong, too old, or was used already.",
    }

    def build_totp_svg(self, url: str) -> str:
        """Without the head of an XML file, so that it stands in a page: the policy allows no `data:` images."""
        svg: str = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return f"Key {Authenticator.objects.filter(user=user, type=type).count() + 1}"


def must_set_up(user: User) -> bool:
    """Whether REQUIRE_MFA asks this person for a second step that they do not have."""
    asked = settings.REQUIRE_MFA == "all" or (
        settings.REQUIRE_MFA == "staff" and (user.is_staff or user.is_superuser)
    )
    return asked and not Authenticator.objects.filter(user=user, type__in=STEPS).exists()


def reset(user: User) -> int:
    """Take all second steps from whoever lost them; how many there were."""
    return int(Authenticator.objects.filter(user=user).delete()[0])


def connect() -> None:
    """allauth tells of it by signals only."""
    authenticator_added.connect(_added, dispatch_uid="second step")
    authenticator_reset.connect(_added, dispatch_uid="second step")
    authenticator_removed.connect(_removed, dispatch_uid="second step")


def _added(**told: Any) -> None:
    _record(Action.FACTOR_ADDED, **told)


def _removed(**told: Any) -> None:
    _record(Action.FACTOR_REMOVED, **told)


def _record(
    action: Action, *, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    kinds = {"totp": "app with codes", "webauthn": "passkey or key", "recovery_codes": "recovery codes"}
    AuditEntry.objects.record(
        action, actor=user, detail=kinds[authenticator.type], address=address_of(request)
    )
