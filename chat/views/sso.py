"""To the provider of single sign-on and back; not there where none is configured."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.socialaccount import views as socialaccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST
from requests import RequestException

from chat.accounts.sso import INVITATION
from chat.models import Invitation
from chat.views.sign_up import invitation_gone

View = Callable[..., HttpResponseBase]


def _needs_provider(view: View) -> View:
    @wraps(view)
    def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.OIDC is None:
            raise Http404("No single sign-on is configured.")
        return view(request, *args, **kwargs)

    return check


@_needs_provider
def log_in(request: HttpRequest) -> HttpResponseBase:
    """A page that goes on to the provider: the policy lets no form be redirected to another site."""
    try:
        response: HttpResponseBase = openid_connect.login(request, "sso")
    except (RequestException, OAuth2Error, ValueError, KeyError):
        return render(request, "socialaccount/authentication_error.html", status=502)
    if response.status_code == 302:
        return render(request, "socialaccount/leave.html", {"address": response["location"]})
    return response


@require_POST
@_needs_provider
def invited(request: HttpRequest, token: str) -> HttpResponseBase:
    """The invitation is remembered until they come back, and spent only then."""
    try:
        request.session[INVITATION] = Invitation.objects.open().with_token(token).pk
    except Invitation.DoesNotExist:
        return invitation_gone(request)
    return log_in(request)


connections = _needs_provider(socialaccount.connections)


def no_such_page(request: HttpRequest) -> HttpResponse:
    raise Http404("Nobody fills in a form after single sign-on.")
