"""What a form is answered with: fragments for htmx, a redirect or a page otherwise."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.shortcuts import render

from chat.models import User

SIGNED_OUT = "You are signed out. Your text is kept here: log in in another tab, then send it again."
COMPOSER_NOTICE = "#composer-notice"

View = Callable[..., HttpResponseBase]


class UserRequest(HttpRequest):
    """A request of somebody who is logged in; django_htmx adds `htmx`."""

    user: User
    htmx: Any


class SeeOther(HttpResponseRedirect):
    """303: fetch the page that the form changed."""

    status_code = 303


def to_page(request: UserRequest, url: str) -> HttpResponse:
    """Show the page at `url`: by a header for htmx, which is never redirected, by a 303 otherwise."""
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": url})
    return SeeOther(url)


def notice(
    request: HttpRequest, text: str, *, status: int, place: str = COMPOSER_NOTICE, more_of: int | None = None
) -> HttpResponse:
    """An htmx form's refusal: lands in a notice of the page, and nothing else there changes.

    `more_of` is the number of a budget of which one may ask for more.
    """
    context = {"text": text, "kind": "error", "more_of": more_of}
    return lands_in(place, render(request, "fragments/_notice.html", context, status=status))


def lands_in(place: str, response: HttpResponse) -> HttpResponse:
    """Let htmx put it there, whatever the form's own target is; a refusal that does not say where is not shown."""
    response["HX-Retarget"] = place
    response["HX-Reswap"] = "innerHTML"
    return response


def draft_of(request: HttpRequest) -> str:
    """What was written in a message form, so that a page that refuses it can give it back.

    Nothing for a form that cannot be read: a refusal must not fail over what it refuses.
    """
    try:
        return request.POST.get("text", "").replace("\x00", "")
    except (BadRequest, SuspiciousOperation, MultiPartParserError, OSError):
        return ""
