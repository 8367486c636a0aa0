"""Whoever must have a second step sets it up before anything else."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import sync_and_async_middleware

from chat.accounts.second_step import must_set_up
from chat.models import User
from chat.views.answers import draft_of, notice

SET_UP_FIRST = "Two-step log-in is asked for here. Set it up, and you can go on."
# Where one sets it up or logs out, and what is for guests too.
OPEN = ("/accounts/", "/static/", "/healthz", "/shared/", "/v1/")

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def second_step_required(get_response: GetResponse) -> GetResponse:
    """Who must set up a second step reaches nothing else before. Costs nothing where REQUIRE_MFA is off."""
    if settings.REQUIRE_MFA == "off":
        raise MiddlewareNotUsed
    if iscoroutinefunction(get_response):

        async def pass_on_async(request: HttpRequest) -> HttpResponseBase:
            response: HttpResponseBase = await get_response(request)
            return response

        pass_on: GetResponse = pass_on_async
    else:

        def pass_on_sync(request: HttpRequest) -> HttpResponseBase:
            return get_response(request)  # type: ignore[return-value]

        pass_on = pass_on_sync
    pass_on.process_view = _refusal  # type: ignore[attr-defined]
    return pass_on


def _refusal(request: HttpRequest, *_: Any) -> HttpResponse | None:
    if _is_open(request) or not isinstance(request.user, User) or not must_set_up(request.user):
        return None
    if request.headers.get("HX-Request"):
        return notice(request, SET_UP_FIRST, status=403)
    if request.resolver_match and request.resolver_match.url_name == "reply-events":
        return render(request, "404.html", status=404)  # it never redirects
    if request.method in {"GET", "HEAD"}:
        messages.info(request, SET_UP_FIRST)
        return redirect("mfa_index")
    return render(request, "account/second_step_first.html", {"draft": draft_of(request)}, status=403)


def _is_open(request: HttpRequest) -> bool:
    """What guests read they may read too; a copy of it would be a chat of their own."""
    copies = request.method == "POST" and request.path.startswith("/shared/")
    return request.path.startswith(OPEN) and not copies
