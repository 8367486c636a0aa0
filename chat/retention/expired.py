"""Rows that have run out by themselves, and that nobody reads any more."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from chat.models import Invitation

BEGINNING = timedelta(days=1)  # a log-in notes its session down before the session itself is stored


def drop_expired() -> None:
    """Sessions, what is known of sessions that are gone, counters of throttling, unused invitations."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    alive = Session.objects.values("session_key")
    UserSession.objects.filter(created_at__lt=now - BEGINNING).exclude(session_key__in=alive).delete()
    Invitation.objects.filter(used_at=None, expires_at__lt=now).delete()
    _drop_from_cache()


def _drop_from_cache() -> None:
    """Django's cache looks for what has expired only when it is full."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cache WHERE expires < %s", [now])  # settings.CACHES
