"""Who may enter a view."""

from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http.response import HttpResponseBase
from django.shortcuts import render

from chat.views.answers import SIGNED_OUT, UserRequest, View, draft_of, notice


def logged_in(view: View) -> View:
    """For a guest the log-in page; a 401 for a guest's htmx form, and for a message: the draft stays."""

    @wraps(view)
    def check(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.htmx:
            return notice(request, SIGNED_OUT, status=401)
        if draft := draft_of(request):
            return render(request, "401.html", {"draft": draft}, status=401)
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
