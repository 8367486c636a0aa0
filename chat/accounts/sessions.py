"""The sessions of a person: which there are, and their end."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from chat.accounts.trail import address_of
from chat.models import User


def connect() -> None:
    """Every log-in has its row, by whichever door: the set-up link's and the admin's too."""
    user_logged_in.connect(_note, dispatch_uid="sessions")


def open_sessions(user: User) -> QuerySet[UserSession]:
    """The newest first. A row may outlive its session; one that was logged out of, or ran out, is none."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    found: QuerySet[UserSession] = UserSession.objects.filter(user=user, session_key__in=alive)
    return found.order_by("-created_at", "-pk")


def end_sessions(user: User, *, but: str | None) -> int:
    """All but the one with this key; how many. Their event streams end within seconds (chat/replies/watch.py)."""
    ended = list(open_sessions(user).exclude(session_key=but or ""))
    for session in ended:
        session.end()
    return len(ended)


def _note(*, request: HttpRequest, user: User, **_: Any) -> None:
    if address_of(request) is not None:  # the suite logs in without a connection
        UserSession.objects.create_from_request(request)
