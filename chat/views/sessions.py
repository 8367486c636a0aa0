"""One's own sessions: where one is logged in, and signing out there."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chat.accounts.browsers import browser_name
from chat.accounts.sessions import end_sessions, open_sessions
from chat.accounts.trail import record
from chat.models import Action
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest


@require_safe
@logged_in
def sessions(request: UserRequest) -> HttpResponse:
    found = [_shown(session) for session in open_sessions(request.user)]
    here = request.session.session_key
    context = {"here": here, "sessions": found, "others": any(one.session_key != here for one in found)}
    return render(request, "usersessions/usersession_list.html", context)


@require_POST
@logged_in
def end(request: UserRequest, session_id: int) -> HttpResponse:
    found = get_object_or_404(open_sessions(request.user), pk=session_id)
    with transaction.atomic():
        record(request, Action.SESSION_ENDED)
        found.end()
    if found.session_key == request.session.session_key:
        return _signed_out(request)
    return SeeOther(reverse("usersessions_list"))


@require_POST
@logged_in
def end_others(request: UserRequest) -> HttpResponse:
    _end(request, but=request.session.session_key)
    return SeeOther(reverse("usersessions_list"))


@require_POST
@logged_in
def end_all(request: UserRequest) -> HttpResponse:
    _end(request, but=None)
    return _signed_out(request)


def _end(request: UserRequest, *, but: str | None) -> None:
    with transaction.atomic():
        ended = end_sessions(request.user, but=but)
        if ended:
            record(request, Action.SESSION_ENDED, detail=str(ended))


def _signed_out(request: UserRequest) -> HttpResponse:
    logout(request)
    return SeeOther(reverse("account_login"))


def _shown(session: UserSession) -> UserSession:
    session.browser = browser_name(session.user_agent)
    return session
