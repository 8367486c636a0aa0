"""What a form in the list is answered with: the list anew, and a way back."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from chat.models import Conversation
from chat.views.answers import UserRequest, notice, to_page
from chat.views.listing import listing
from chat.views.places import around


@dataclass(frozen=True)
class Undo:
    """What a form in the list did, and the form that undoes it: `url`, with a field or without one."""

    text: str
    url: str
    field: str = ""


def changed(request: UserRequest, conversation: Conversation, *, undo: Undo | None = None) -> HttpResponse:
    """Its page; for a form of the list beside something else the list alone, and that stays."""
    if not beside_another(request, conversation):
        return to_page(request, conversation.get_absolute_url())
    return list_fragment(request, conversation, undo=undo)


def beside_another(request: UserRequest, conversation: Conversation) -> bool:
    """Whether an htmx form was sent from a page that shows something else than `conversation`."""
    told = request.htmx and "HX-Current-URL" in request.headers
    return bool(told) and around(request).conversation_id != conversation.pk


def list_fragment(
    request: UserRequest, conversation: Conversation | None = None, *, undo: Undo | None = None
) -> HttpResponse:
    """The list from its beginning; `undo` is what was just done to `conversation`."""
    here = around(request)
    context = {
        "conversations": listing(request.user, here.place),
        "conversation": {"id": here.conversation_id},
        "changed": conversation,
        "undo": undo,
    }
    return render(request, "conversations/_list_changed.html", context)


def list_notice(request: UserRequest, text: str, *, status: int) -> HttpResponse:
    """The refusal of a form of the list: lands below it, and nothing else changes."""
    return notice(request, text, status=status, place="#list-notice")
