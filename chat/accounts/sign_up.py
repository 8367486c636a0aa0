"""Signing up: by an invitation, or as SIGNUP allows."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import SignupForm
from allauth.account.utils import setup_user_email
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from chat.accounts.passwords import PASSWORD_HELP
from chat.accounts.trail import address_of
from chat.models import Action, AuditEntry, Invitation, User


class SignUpForm(SignupForm):  # type: ignore[misc]
    """Without an invitation, and with SIGNUP a list of domains, an address of one of these is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.invitation: Invitation | None = kwargs.pop("invitation", None)
        super().__init__(*args, **kwargs)
        self.domains = [] if self.invitation else settings.SIGNUP_DOMAINS
        self.fields["username"].widget.attrs["autofocus"] = True
        self.fields["username"].help_text = "Letters, digits and @ . + - _"
        self.fields["password1"].help_text = PASSWORD_HELP
        email = self.fields["email"]
        email.required = email.widget.is_required = bool(self.domains)
        if self.domains:
            email.label = "Email"
            email.help_text = f"An address of {' or '.join(self.domains)}. A link is sent to it."

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if self.domains and email.rpartition("@")[2].lower() not in self.domains:
            raise forms.ValidationError(f"Sign up with an address of {' or '.join(self.domains)}.")
        return str(super().clean_email())

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Raises InvitationSpent, and IntegrityError where the name was taken a moment ago."""
        if self.account_already_exists:
            make_password(
                self.cleaned_data["password1"]
            )  # takes as long as for an address without an account
        user, response = super().try_save(request)
        return user, response

    def save(self, request: HttpRequest) -> User:
        adapter = get_adapter(request)
        # It hashes the password, which must not hold up other writers.
        user: User = adapter.save_user(request, adapter.new_user(request), self, commit=False)
        with transaction.atomic():
            user.save()
            setup_user_email(request, user, [])
            enter(request, user, self.invitation)
        return user


def enter(request: HttpRequest, user: User, invitation: Invitation | None, how: str = "") -> None:
    """In the transaction that makes the account. Raises InvitationSpent."""
    if invitation is not None:
        invitation.accept(user)
        how = ", ".join(filter(None, [f"as {invitation.role_name.lower()}", how]))
    AuditEntry.objects.record(
        Action.SIGNED_UP,
        actor=user,
        subject=invitation.made_by if invitation else None,
        detail=how,
        address=address_of(request),
    )
