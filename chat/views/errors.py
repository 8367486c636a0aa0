"""Refusals that no view of a resource gives."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import bad_request

from chat.gateway import Malformed
from chat.views.answers import SIGNED_OUT, UserRequest, draft_of, notice
from chat.views.v1 import refuse as refuse_script

API = "/v1/"
STALE = "This page was open for too long. Your text is kept: copy it, reload the page, and send it again."


def csrf_failure(request: UserRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: a notice beside the draft for htmx, a page otherwise."""
    if not request.headers.get("HX-Request"):
        return render(request, "403_csrf.html", {"draft": draft_of(request)}, status=403)
    if not request.user.is_authenticated:
        return notice(request, SIGNED_OUT, status=401)
    return notice(request, STALE, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same for what belongs to somebody else, what was deleted, and what never was."""
    return render(request, "404.html", {"draft": draft_of(request)}, status=404)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What no view gets to see, such as an unknown host; the API answers in its own shape."""
    if not request.path_info.startswith(API):
        return bad_request(request, exception)
    words = "This request was not understood. Its host may be none of the site's own (ALLOWED_HOSTS)."
    return refuse_script(Malformed(words))
