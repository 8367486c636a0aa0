"""allauth's sign-up, also by an invitation."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import SignupView
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from chat.accounts.sign_up import SignUpForm
from chat.models import Invitation, InvitationSpent


class SignUp(SignupView):  # type: ignore[misc]
    """A class because allauth's is one."""

    invitation: Invitation | None = None
    token = ""

    def is_open(self) -> bool:
        return self.invitation is not None or bool(super().is_open())

    def closed(self) -> HttpResponse:
        return render(self.request, "account/signup_closed.html", status=403)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "invitation": self.invitation}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "invitation": self.invitation, "token": self.token}

    def form_valid(self, form: SignUpForm) -> HttpResponseBase:
        try:
            response: HttpResponseBase = super().form_valid(form)
        except InvitationSpent:
            return invitation_gone(self.request)
        except IntegrityError:
            form.add_error("username", get_adapter(self.request).error_messages["username_taken"])
            response = self.form_invalid(form)
        return response


sign_up = SignUp.as_view()


@sensitive_post_parameters("password1", "password2")
def invited(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page that an invitation's link leads to. Looking at it spends nothing."""
    try:
        invitation = Invitation.objects.open().with_token(token)
    except Invitation.DoesNotExist:
        return invitation_gone(request)
    if request.user.is_authenticated:
        return render(request, "invitations/logged_in.html", {"invitation": invitation})
    response: HttpResponseBase = SignUp.as_view(invitation=invitation, token=token)(request)
    return response


def invitation_gone(request: HttpRequest) -> HttpResponse:
    return render(request, "invitations/gone.html", status=404)
