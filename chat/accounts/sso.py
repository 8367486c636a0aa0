"""Single sign-on: whom a provider of OpenID Connect logs in, and as whom."""

from typing import Any

import requests
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from chat.accounts.addresses import was_entered_for
from chat.accounts.setup_link import is_needed
from chat.accounts.sign_up import enter
from chat.models import Invitation, InvitationSpent, User

INVITATION = "invitation"  # the name, in the session of whoever goes to the provider with one, of its number


class SsoAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def get_requests_session(self) -> requests.Session:
        """The client's secret goes to one place: no proxy variables."""
        session: requests.Session = super().get_requests_session()
        session.trust_env = False
        return session

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Only with an address that the provider has confirmed and that is known to be this account's, too.

        Otherwise whoever signs up with the address of somebody else would be given their log-in.
        """
        return _is_confirmed(login) and any(_is_known_to_be_of(user, email) for user in _users_with(email))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """An account that has this address and is not known to be the same person's stays apart."""
        for address in sociallogin.email_addresses:
            address.verified = _is_true(address.verified)
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        email = _email_of(sociallogin)
        if email and _users_with(email):
            raise ImmediateHttpResponse(
                render(request, "socialaccount/taken.html", {"email": email}, status=409)
            )

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """As SIGNUP says, or with the invitation that was taken along."""
        if is_needed():
            return False
        if settings.SIGNUP == "open" or _invitation_of(request):
            return True
        domain = _email_of(sociallogin).rpartition("@")[2]
        return _is_confirmed(sociallogin) and domain in settings.SIGNUP_DOMAINS

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Always: there is no form. A name that is taken is varied."""
        return True

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        invitation = _invitation_of(request)
        request.session.pop(INVITATION, None)
        try:
            with transaction.atomic():
                user: User = super().save_user(request, sociallogin, form)
                enter(request, user, invitation, "by single sign-on")
        except InvitationSpent as error:
            raise ImmediateHttpResponse(render(request, "invitations/gone.html", status=404)) from error
        return user


def _invitation_of(request: HttpRequest) -> Invitation | None:
    number = request.session.get(INVITATION)
    return Invitation.objects.open().filter(pk=number).first() if number else None


def _email_of(login: SocialLogin) -> str:
    return str(login.email_addresses[0].email).lower() if login.email_addresses else ""


def _is_confirmed(login: SocialLogin) -> bool:
    """By the provider."""
    return any(_is_true(address.verified) for address in login.email_addresses)


def _is_true(value: object) -> bool:
    """Some providers write the words "true" and "false", of which both would count as true."""
    return str(value).lower() == "true"


def _users_with(email: str) -> list[User]:
    by_row = EmailAddress.objects.filter(email__iexact=email).values("user")
    return [*User.objects.filter(email__iexact=email).union(User.objects.filter(pk__in=by_row))]


def _is_known_to_be_of(user: User, email: str) -> bool:
    confirmed = EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()
    return confirmed or (user.email.lower() == email.lower() and was_entered_for(user))
