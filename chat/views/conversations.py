"""Conversations: the page, a new one by its first message, rename, delete and undo."""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import replies
from chat.accounts.trail import record
from chat.forms import LeafForm, RenameForm, SendForm, first_error
from chat.models import Action, Conversation, Folder, Message
from chat.views.access import logged_in
from chat.views.address import number_in, number_of
from chat.views.answers import SeeOther, UserRequest, to_page
from chat.views.list_answers import Undo, beside_another, changed, list_fragment, list_notice
from chat.views.listing import Cursor, listing
from chat.views.own import own_conversation, own_prompt
from chat.views.page import STARTERS, Edit, chat_fragment, chat_page, meter, settings_of, shown
from chat.views.places import around, place_of
from chat.views.refusals import refuse, refuse_form, refuse_settings, refuse_start
from chat.views.stretch import Stretch, stretch_of


@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def conversations(request: UserRequest) -> HttpResponse:
    """GET: a new chat, or for htmx the list alone. POST: its first message."""
    if request.method == "POST":
        return _create(request)
    after = Cursor.parse(request.GET.get("before", ""))
    if request.htmx and not after:
        return list_fragment(request)
    place = place_of(request.user, request.GET)
    if request.htmx:
        context = {
            "conversations": listing(request.user, place, after),
            "conversation": {"id": around(request).conversation_id},
        }
        return render(request, "conversations/_older.html", context)
    draft = _beginning(request)
    return chat_page(request, None, Stretch(), draft=draft, undo=_deleted(request), place=place, after=after)


def _deleted(request: UserRequest) -> Conversation | None:
    """The conversation that was deleted a moment ago, to offer it back."""
    deleted = number_of(request.GET.get("deleted", ""))
    if deleted is None:
        return None
    since = timezone.now() - timedelta(seconds=settings.UNDO_SECONDS)
    lately = Conversation.objects.restorable_by(request.user).filter(deleted_at__gt=since)
    return lately.filter(pk=deleted).first()


def _beginning(request: UserRequest) -> str:
    """What stands in the box already: a starter, or a saved prompt."""
    prompt = number_of(request.GET.get("prompt", ""))
    if prompt is not None:
        return own_prompt(request, prompt).text
    return STARTERS.get(request.GET.get("starter", ""), "")


def _create(request: UserRequest) -> HttpResponse:
    place = place_of(request.user, request.GET)
    form, chosen = SendForm(request.POST, request.user), settings_of(request, None)
    if not form.is_valid():
        return refuse_form(request, form, None)
    if not chosen.is_valid():
        return refuse_settings(request, chosen)
    try:
        reply = replies.start(
            request.user,
            form.cleaned_data["text"],
            send_id=form.cleaned_data["send_id"],
            chosen=chosen.chosen(),
        )
    except replies.NotStarted as reason:
        return refuse_start(request, reason, None)
    conversation = reply.message.conversation
    if place.folder:
        with suppress(Folder.DoesNotExist):  # deleted in another tab: it was sent, and is in no folder then
            conversation.move(place.folder)
    if not request.htmx:
        return SeeOther(conversation.get_absolute_url())
    stretch = stretch_of(conversation, reply.message_id)
    response = chat_fragment(request, "conversations/_created.html", conversation, stretch)
    del response["HX-Replace-Url"]
    response["HX-Push-Url"] = conversation.get_absolute_url()
    return response


@require_safe
@logged_in
def conversation(request: UserRequest, conversation_id: int) -> HttpResponse:
    """`leaf` shows another branch, `at` the newest one through a message, `edit` a message's text in a form;
    `before` and `after` go through a long branch."""
    found = own_conversation(request, conversation_id)
    numbers = {name: number_in(request, name) for name in ("leaf", "at", "edit", "before", "after")}
    try:
        stretch = stretch_of(
            found,
            numbers["leaf"],
            through=numbers["at"] if numbers["edit"] is None else numbers["edit"],
            before=numbers["before"],
            after=numbers["after"],
        )
    except Message.DoesNotExist as error:
        raise Http404(str(error)) from error
    if request.htmx and numbers["before"]:
        context = {
            "conversation": found,
            "stretch": stretch,
            "messages": shown(stretch),
            "meter": meter(found, stretch),
            "later_is_there": True,
        }
        return render(request, "messages/_list.html", context)
    edit = next((Edit(m.pk, m.text) for m in stretch.messages if m.pk == numbers["edit"]), None)
    return chat_page(request, found, stretch, parent=stretch.end if numbers["leaf"] else None, edit=edit)


@require_POST
@logged_in
def rename(request: UserRequest, conversation_id: int) -> HttpResponse:
    found = own_conversation(request, conversation_id)
    form = RenameForm(request.POST)
    if not form.is_valid():
        wrong = first_error(form)
        if request.htmx:  # from the menu of an entry; the header's form is posted without
            return list_notice(request, wrong, status=422)
        return refuse(request, wrong, found, status=422)
    found.rename(form.cleaned_data["title"])
    return changed(request, found)


@require_POST
@logged_in
def delete(request: UserRequest, conversation_id: int) -> HttpResponse:
    """Hide it at once, stop what runs in it, and offer an undo on the next page."""
    found = own_conversation(request, conversation_id)
    with transaction.atomic():
        found.delete_with_undo()  # first: from here on nothing begins in it
        replies.stop_all(found)
        record(request, Action.DELETED, detail=f"conversation {found.pk}")
    if beside_another(request, found):
        undo = Undo("was deleted.", reverse("conversation-restore", args=[found.pk]))
        return list_fragment(request, found, undo=undo)
    return to_page(request, f"{reverse('conversations')}?deleted={found.pk}")


@require_POST
@logged_in
def restore(request: UserRequest, conversation_id: int) -> HttpResponse:
    found = get_object_or_404(Conversation.objects.restorable_by(request.user), pk=conversation_id)
    with transaction.atomic():
        found.restore()
        record(request, Action.DELETED, detail=f"conversation {found.pk}, and took it back")
    return changed(request, found)


@require_POST
@logged_in
def leaf(request: UserRequest, conversation_id: int) -> HttpResponse:
    """Show the newest branch through the message `leaf` from now on."""
    found = own_conversation(request, conversation_id)
    form = LeafForm(request.POST)
    tree = found.tree()
    if not form.is_valid() or form.cleaned_data["leaf"] not in tree:
        raise Http404("A leaf is the number of a message of this conversation.")
    chosen = form.cleaned_data["leaf"]
    found.choose(tree.end_below(chosen))
    stretch = stretch_of(found, through=chosen)
    if stretch.later or not request.htmx:
        return to_page(request, f"{found.get_absolute_url()}?at={chosen}#message-{chosen}")
    return chat_fragment(request, "conversations/_branch.html", found, stretch)
