"""allauth's pages that promise a letter: only where letters go out."""

from collections.abc import Callable
from functools import wraps
from typing import cast

from allauth.account import views as account
from allauth.account.forms import AddEmailForm
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from chat.accounts.addresses import addresses_of, take_over_entered
from chat.models import User
from chat.views.access import logged_in
from chat.views.answers import UserRequest


def _needs_mail(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Without mail a page that says so, instead of the promise of a letter that never comes."""

    @wraps(view)
    def check(request: HttpRequest) -> HttpResponseBase:
        if settings.MAIL is None:
            return render(request, "account/no_mail.html", status=404)
        return view(request)

    return check


password_reset = _needs_mail(account.password_reset)


@require_http_methods(["GET", "HEAD", "POST"])
@_needs_mail
def email(request: HttpRequest) -> HttpResponseBase:
    """allauth's own page stores a row when it is looked at; here only its form does."""
    if request.method != "POST":
        return _address(cast(UserRequest, request))
    if isinstance(request.user, User):
        take_over_entered(request.user)
    response: HttpResponseBase = account.email(request)
    return response


@logged_in
def _address(request: UserRequest) -> HttpResponseBase:
    addresses = addresses_of(request.user)
    context = {
        "form": AddEmailForm(user=request.user),
        "current_emailaddress": addresses.current,
        "new_emailaddress": addresses.new,
    }
    return render(request, "account/email_change.html", context)
