"""What is running now, by user, with a Stop: for staff, who see whose it is and never what is said."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chat import replies, usage
from chat.accounts.trail import record
from chat.models import Action, Call, Reply, ReplyState, Source, User
from chat.views.access import staff_only
from chat.views.answers import SeeOther, UserRequest

SHOWN = 100


@dataclass(frozen=True)
class Line:
    """An open call, with what usage.open_calls() adds to it; `is_silent`: its process gives no sign of life."""

    call: Call
    is_silent: bool

    @property
    def user(self) -> str:
        return self.call.username or usage.pseudonym(self.call.user_id)  # type: ignore[attr-defined]

    @property
    def is_stopping(self) -> bool:
        return bool(self.call.is_stopping)  # type: ignore[attr-defined]

    @property
    def waits(self) -> bool:
        return bool(self.call.state == ReplyState.QUEUED)  # type: ignore[attr-defined]

    @property
    def can_stop(self) -> bool:
        """A reply and an API request can be; a title comes or fails within half a minute."""
        is_reply = self.call.state is not None  # type: ignore[attr-defined]
        return (is_reply or self.call.source == Source.API) and not self.is_stopping


@dataclass(frozen=True)
class Running:
    """The newest, and how many there are beside them."""

    lines: list[Line]
    more: int


def running_now() -> Running:
    silent = replies.silent_workers()
    calls = usage.open_calls()
    lines = [_line(call, silent) for call in calls[: SHOWN + 1]]
    more = calls.count() - SHOWN if len(lines) > SHOWN else 0
    return Running(lines[:SHOWN], more)


@require_safe
@staff_only
def running(request: UserRequest) -> HttpResponse:
    """The list, as it is asked for again and again; it stands on the dashboard."""
    if not request.htmx:
        return SeeOther(f"{reverse('usage-all')}#running")
    return _list(request)


@require_POST
@staff_only
def stop(request: UserRequest, call_id: int) -> HttpResponse:
    """Stop the reply behind the call, as its owner could, or the API request. What has ended stays as it is."""
    call = get_object_or_404(Call, pk=call_id)
    with transaction.atomic():
        reply = Reply.objects.open().filter(pk=call.reply_id or 0, stop_requested=False).first()
        if reply:
            replies.stop(reply)
        if reply or Call.objects.filter(pk=call.pk).request_stop():
            subject = User.objects.filter(pk=call.user_id or 0).first()
            record(request, Action.STOPPED, subject=subject, detail=f"call {call.pk}")
    return _list(request) if request.htmx else SeeOther(f"{reverse('usage-all')}#running")


def _list(request: UserRequest) -> HttpResponse:
    return render(request, "usage/_running_list.html", {"running": running_now()})


def _line(call: Call, silent: Collection[UUID]) -> Line:
    return Line(call, is_silent=call.worker is None or call.worker in silent)
