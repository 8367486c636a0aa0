"""The two kinds of answer to a form: fragments for htmx, a redirect or a page otherwise."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from chat.models import User

SIGNED_OUT = "You are signed out. Your text is kept here: log in in another tab, then send it again."

View = Callable[..., HttpResponseBase]


class UserRequest(HttpRequest):
    """A request of somebody who is logged in; django_htmx adds `htmx`."""

    user: User
    htmx: Any


class SeeOther(HttpResponseRedirect):
    """303: fetch the page that the form changed."""

    status_code = 303


def logged_in(view: View) -> View:
    """The log-in page for a guest's page, a 401 with a notice for a guest's htmx form: the draft stays."""

    @wraps(view)
    def check(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.htmx:
            return notice(request, SIGNED_OUT, status=401)
        path = request.get_full_path() if request.method == "GET" else "/"
        return redirect_to_login(path)

    return check


def staff_only(view: View) -> View:
    """As for a stranger: what only administrators may see does not exist for others."""

    @wraps(view)
    def check(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_staff:
            return view(request, *args, **kwargs)
        return render(request, "404.html", status=404)

    return logged_in(check)


def notice(request: HttpRequest, text: str, *, status: int) -> HttpResponse:
    """An htmx form's refusal: lands in the composer's notice, and nothing else on the page changes."""
    response = render(request, "fragments/_notice.html", {"text": text, "kind": "error"}, status=status)
    response["HX-Retarget"] = "#composer-notice"
    response["HX-Reswap"] = "innerHTML"
    return response
