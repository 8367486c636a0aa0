"""One's own shares: making one, all of them, updating and ending one."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chat import transfer
from chat.accounts.trail import record
from chat.forms import BranchForm, first_error
from chat.models import Action, Conversation, Message, Share
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest, lands_in, notice
from chat.views.listing import listing
from chat.views.own import own_conversation
from chat.views.refusals import refuse

MADE = "The link is ready."
UPDATED = "Readers now see the chat as it is now."
GONE = "This link is no longer there. Reload the page to see which ones are."


@require_safe
@logged_in
def shares(request: UserRequest) -> HttpResponse:
    return _page(request)


@require_POST
@logged_in
def conversation_shares(request: UserRequest, conversation_id: int) -> HttpResponse:
    """Share the branch that ends with `leaf`, or the one that is shown by itself."""
    found = own_conversation(request, conversation_id)
    form = BranchForm(request.POST)
    if not form.is_valid():
        return _refuse_share(request, found, first_error(form), status=422)
    try:
        with transaction.atomic():
            made = transfer.share(found, form.cleaned_data["leaf"])
            record(request, Action.SHARED, detail=f"conversation {conversation_id}")
    except Message.DoesNotExist as error:
        raise Http404(str(error)) from error
    except transfer.NotShared as reason:
        return _refuse_share(request, found, reason.sentence, status=reason.status)
    return _shown(request, found, made, MADE)


@require_POST
@logged_in
def share_update(request: UserRequest, share_id: int) -> HttpResponse:
    found = _own(request, share_id)
    if found is None:
        return _gone(request)
    form = BranchForm(request.POST)
    if not form.is_valid():
        return _refuse_update(request, found, first_error(form), status=422)
    try:
        with transaction.atomic():
            transfer.share_anew(found, form.cleaned_data["leaf"])
            record(request, Action.SHARED, detail=f"conversation {found.conversation_id}, as it is now")
    except Message.DoesNotExist as error:
        raise Http404(str(error)) from error
    except Share.DoesNotExist:
        return _gone(request)
    except transfer.NotShared as reason:
        return _refuse_update(request, found, reason.sentence, status=reason.status)
    return _shown(request, found.conversation, found, UPDATED)


@require_POST
@logged_in
def share_end(request: UserRequest, share_id: int) -> HttpResponse:
    found = _own(request, share_id)
    if found is None:
        return _gone(request)
    with transaction.atomic():
        found.end()
        record(request, Action.SHARE_ENDED, detail=f"conversation {found.conversation_id}")
    if request.htmx:
        return _panel(request, found.conversation)
    return SeeOther(reverse("shares"))


def _own(request: UserRequest, share_id: int) -> Share | None:
    mine = Share.objects.visible_to(request.user).select_related("conversation")
    return mine.defer("snapshot").filter(pk=share_id).first()


def _gone(request: UserRequest) -> HttpResponse:
    """404: ended in another tab, or never one's own."""
    if request.htmx:
        return notice(request, GONE, status=404)
    raise Http404(GONE)


def _shown(request: UserRequest, conversation: Conversation, changed: Share, done: str) -> HttpResponse:
    if request.htmx:
        return _panel(request, conversation, changed=changed, done=done)
    return SeeOther(f"{reverse('shares')}#share-{changed.pk}")


def _refuse_share(
    request: UserRequest, conversation: Conversation, sentence: str, *, status: int
) -> HttpResponse:
    if request.htmx:
        return _panel(request, conversation, sentence=sentence, status=status)
    return refuse(request, sentence, conversation, status=status)


def _refuse_update(request: UserRequest, refused: Share, sentence: str, *, status: int) -> HttpResponse:
    if request.htmx:
        return _panel(request, refused.conversation, sentence=sentence, status=status)
    return _page(request, sentence=sentence, status=status)


def _panel(
    request: UserRequest,
    conversation: Conversation,
    *,
    changed: Share | None = None,
    done: str = "",
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """What stands below the button "Share" of a conversation."""
    context = {"conversation": conversation, "changed": changed, "done": done, "sentence": sentence}
    response = render(request, "shares/_panel.html", context, status=status)
    return lands_in("#share", response) if sentence else response


def _page(request: UserRequest, *, sentence: str = "", status: int = 200) -> HttpResponse:
    context = {
        "conversations": listing(request.user),
        "shares": Share.objects.visible_to(request.user).for_list(),
        "notice": sentence,
    }
    return render(request, "shares/list.html", context, status=status)
