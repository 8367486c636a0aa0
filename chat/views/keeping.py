"""How a conversation is kept: pinned, archived, in a folder, read; and its menu in the list."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chat.models import Conversation, Folder
from chat.views.access import logged_in
from chat.views.answers import UserRequest
from chat.views.list_answers import Undo, beside_another, changed
from chat.views.own import own_conversation, own_folder


@require_POST
@logged_in
def pin(request: UserRequest, conversation_id: int) -> HttpResponse:
    """`pinned`: 1, or 0 for no longer."""
    found = own_conversation(request, conversation_id)
    found.pin(request.POST.get("pinned") != "0")
    return changed(request, found)


@require_POST
@logged_in
def archive(request: UserRequest, conversation_id: int) -> HttpResponse:
    """`archived`: 1, or 0 for back into the list."""
    found = own_conversation(request, conversation_id)
    found.archive(request.POST.get("archived") != "0")
    if not found.archived:
        return changed(request, found)
    undo = Undo("was archived.", reverse("conversation-archive", args=[found.pk]), field="archived")
    return changed(request, found, undo=undo)


@require_POST
@logged_in
def move(request: UserRequest, conversation_id: int) -> HttpResponse:
    """Into the folder `folder`, or out of any when it is empty."""
    found = own_conversation(request, conversation_id)
    folder = request.POST.get("folder", "")
    try:
        found.move(own_folder(request.user, folder) if folder else None)
    except Folder.DoesNotExist as error:
        raise Http404(str(error)) from error
    return changed(request, found)


@require_POST
@logged_in
def read(request: UserRequest, conversation_id: int) -> HttpResponse:
    """What has ended in it is no longer new."""
    found = own_conversation(request, conversation_id)
    found.mark_read()
    if not request.htmx or beside_another(request, found):
        return changed(request, found)
    entry = Conversation.objects.visible_to(request.user).for_list().get(pk=found.pk)
    return render(request, "conversations/_read.html", {"entry": entry})


@require_safe
@logged_in
def mark(request: UserRequest, conversation_id: int) -> HttpResponse:
    """Whether it is being answered or has a new reply, for a list that stands beside another conversation."""
    found = get_object_or_404(Conversation.objects.visible_to(request.user).for_list(), pk=conversation_id)
    if not request.htmx:
        return redirect(found)
    return render(request, "conversations/_mark.html", {"entry": found, "conversation": None})


@require_safe
@logged_in
def menu(request: UserRequest, conversation_id: int) -> HttpResponse:
    """What can be done with an entry of the list; without htmx its page, where the same can be done."""
    found = get_object_or_404(Conversation.objects.visible_to(request.user).for_list(), pk=conversation_id)
    if not request.htmx:
        return redirect(found)
    context = {"conversation": found, "folders": Folder.objects.visible_to(request.user)}
    return render(request, "conversations/_menu.html", context)
