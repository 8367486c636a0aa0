"""Who may enter a view."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.http.response import HttpResponseBase
from django.shortcuts import render

from chat.views.answers import SIGNED_OUT, UserRequest, View, draft_of, notice

Either = TypeVar("Either", bound=Callable[..., Any])  # a view, synchronous or not


def logged_in(view: Either) -> Either:
    """For a guest the log-in page; a 401 for a guest's htmx form, and for a message: the draft stays."""
    if iscoroutinefunction(view):

        @wraps(view)
        async def check_async(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refusal = await sync_to_async(_refusal_of_guest)(request)
            return refusal or await view(request, *args, **kwargs)

        return cast(Either, check_async)

    @wraps(view)
    def check(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refusal = _refusal_of_guest(request)
        return refusal or cast(HttpResponseBase, view(request, *args, **kwargs))

    return cast(Either, check)


def staff_only(view: View) -> View:
    """As for a stranger: what only administrators may see does not exist for others."""

    @wraps(view)
    def check(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_staff:
            return view(request, *args, **kwargs)
        return render(request, "404.html", status=404)

    return logged_in(check)


def _refusal_of_guest(request: UserRequest) -> HttpResponseBase | None:
    if request.user.is_authenticated:
        return None
    if request.htmx:
        return notice(request, SIGNED_OUT, status=401)
    if draft := draft_of(request):
        return render(request, "401.html", {"draft": draft}, status=401)
    path = request.get_full_path() if request.method == "GET" else "/"
    return redirect_to_login(path)
