"""Conversations: the page, a new one by its first message, rename, delete and undo."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import replies
from chat.forms import RenameForm, SendForm, SettingsForm
from chat.models import Conversation, Message, SavedPrompt
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest, to_page
from chat.views.page import STARTERS, chat_fragment, chat_page
from chat.views.refusals import refuse_form, refuse_settings, refuse_start


@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def conversations(request: UserRequest) -> HttpResponse:
    """GET: a new chat. POST: its first message."""
    if request.method == "POST":
        return _create(request)
    deleted = request.GET.get("deleted", "")
    undo = None
    if deleted.isdecimal() and len(deleted) < 19:
        undo = Conversation.objects.restorable_by(request.user).filter(pk=int(deleted)).first()
    return chat_page(request, None, [], draft=_beginning(request), undo=undo)


def _beginning(request: UserRequest) -> str:
    """What stands in the box already: a starter, or a saved prompt."""
    prompt = request.GET.get("prompt", "")
    if prompt.isdecimal() and len(prompt) < 19:
        return get_object_or_404(SavedPrompt.objects.visible_to(request.user), pk=int(prompt)).text
    return STARTERS.get(request.GET.get("starter", ""), "")


def _create(request: UserRequest) -> HttpResponse:
    form = SendForm(request.POST, request.user)
    settings = SettingsForm(request.POST, chosen=request.user.chosen, belongs_to="composer")
    if not form.is_valid():
        return refuse_form(request, form, None, settings=settings)
    if not settings.is_valid():
        return refuse_settings(request, settings)
    try:
        reply = replies.start(
            request.user,
            form.cleaned_data["text"],
            send_id=form.cleaned_data["send_id"],
            chosen=settings.chosen(),
        )
    except replies.NotStarted as reason:
        return refuse_start(request, reason, None, settings=settings)
    conversation = reply.message.conversation
    if not request.htmx:
        return SeeOther(conversation.get_absolute_url())
    branch = conversation.branch(reply.message_id)
    response = chat_fragment(
        request, "conversations/_created.html", conversation, branch, composer_after=branch
    )
    response["HX-Push-Url"] = conversation.get_absolute_url()
    return response


@require_safe
@logged_in
def conversation(request: UserRequest, conversation_id: int) -> HttpResponse:
    found = own(request, conversation_id)
    leaf = request.GET.get("leaf")
    if leaf is not None and not (leaf.isdecimal() and len(leaf) < 19):
        raise Http404("A leaf is the number of a message.")
    try:
        branch = found.branch(int(leaf) if leaf else None)
    except Message.DoesNotExist as error:
        raise Http404(str(error)) from error
    return chat_page(request, found, branch, parent=branch[-1].pk if leaf and branch else None)


@require_POST
@logged_in
def rename(request: UserRequest, conversation_id: int) -> HttpResponse:
    found = own(request, conversation_id)
    form = RenameForm(request.POST)
    if not form.is_valid():
        return chat_page(request, found, found.branch(), notice=str(form.errors["title"][0]), status=422)
    found.rename(form.cleaned_data["title"])
    return to_page(request, found.get_absolute_url())


@require_POST
@logged_in
def delete(request: UserRequest, conversation_id: int) -> HttpResponse:
    """Hide it at once, stop what runs in it, and offer an undo on the next page."""
    found = own(request, conversation_id)
    with transaction.atomic():
        found.delete_with_undo()  # first: from here on nothing begins in it
        replies.stop_all(found)
    return to_page(request, f"{reverse('conversations')}?deleted={found.pk}")


@require_POST
@logged_in
def restore(request: UserRequest, conversation_id: int) -> HttpResponse:
    found = get_object_or_404(Conversation.objects.restorable_by(request.user), pk=conversation_id)
    found.restore()
    return to_page(request, found.get_absolute_url())


def own(request: UserRequest, conversation_id: int) -> Conversation:
    return get_object_or_404(Conversation.objects.visible_to(request.user), pk=conversation_id)
