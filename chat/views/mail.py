"""allauth's pages that promise a letter: only where letters go out."""

from collections.abc import Callable
from functools import wraps

from allauth.account import views as account
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from chat.accounts.addresses import take_over_entered
from chat.models import User


def _needs_mail(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Without mail a page that says so, instead of the promise of a letter that never comes."""

    @wraps(view)
    def check(request: HttpRequest) -> HttpResponseBase:
        if settings.MAIL is None:
            return render(request, "account/no_mail.html", status=404)
        return view(request)

    return check


password_reset = _needs_mail(account.password_reset)


@_needs_mail
def email(request: HttpRequest) -> HttpResponseBase:
    if isinstance(request.user, User):
        take_over_entered(request.user)
    response: HttpResponseBase = account.email(request)
    return response
