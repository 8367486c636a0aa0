"""Files that are made while they are sent: few at once for one person, and no longer than their session."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from time import monotonic

from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from chat.models import User
from chat.views.answers import UserRequest

AT_ONCE = 2  # of one person, from this process
LOOK = 2.0  # s between looks at the session

_under_way: Counter[int] = Counter()  # of whom, by number


def too_many(request: UserRequest) -> HttpResponse | None:
    """What is said to who fetches as many as they may."""
    if _under_way[request.user.pk] < AT_ONCE:
        return None
    return render(request, "exports/too_many.html", status=429)


async def streamed(request: UserRequest, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Pieces that are made in the request's own thread.

    Whose session ends is left with the beginning of a file, which nothing takes for a whole one.
    """
    user_id, looked_at = request.user.pk, monotonic()
    _under_way[user_id] += 1
    try:
        while (piece := await sync_to_async(lambda: next(pieces, None))()) is not None:
            yield piece
            if monotonic() - looked_at >= LOOK:
                if not await sync_to_async(_may_go_on)(request):
                    return
                looked_at = monotonic()
    finally:
        _under_way[user_id] -= 1


def _may_go_on(request: UserRequest) -> bool:
    sessions = Session.objects.filter(session_key=request.session.session_key, expire_date__gt=timezone.now())
    return sessions.exists() and User.objects.filter(pk=request.user.pk, is_active=True).exists()
