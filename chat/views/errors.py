"""Refusals that no view of a resource gives."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chat.views.answers import SIGNED_OUT, UserRequest, draft_of, notice

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
