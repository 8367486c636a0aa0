"""Messages: sending one, editing one, and asking for another reply to one."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from chat import replies
from chat.forms import MessageForm, SendForm, SendIdForm
from chat.models import Conversation, Message, Reply, Role
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest
from chat.views.own import own_conversation
from chat.views.page import chat_fragment
from chat.views.refusals import refuse_form, refuse_parent, refuse_start
from chat.views.stretch import stretch_of


@require_POST
@logged_in
def messages(request: UserRequest, conversation_id: int) -> HttpResponse:
    """Store a message and begin its reply."""
    conversation = own_conversation(request, conversation_id)
    form = SendForm(request.POST, request.user)
    if not form.is_valid():
        return refuse_form(request, form, conversation)
    try:
        reply = replies.start(
            request.user,
            form.cleaned_data["text"],
            send_id=form.cleaned_data["send_id"],
            conversation=conversation,
            parent=form.cleaned_data["parent"],
            seen=form.cleaned_data["seen"],
        )
    except Message.DoesNotExist:
        return refuse_parent(request, conversation)
    except Conversation.DoesNotExist as error:
        raise Http404(str(error)) from error
    except replies.NotStarted as reason:
        return refuse_start(request, reason, conversation, parent=form.cleaned_data["parent"])
    answered = reply.message.conversation
    answered.mark_read(but=reply)  # who goes on has read what was there
    if not request.htmx:
        return SeeOther(answered.get_absolute_url())
    stretch = stretch_of(answered, reply.message_id)
    followed = [message.pk for message in stretch.branch[-3:-2]]
    if form.cleaned_data["seen"] in {None, *followed}:
        return chat_fragment(request, "conversations/_sent.html", answered, stretch.newest(2))
    response = chat_fragment(request, "conversations/_branch.html", answered, stretch)
    response["HX-Reswap"] = "innerHTML"  # another tab has sent meanwhile
    return response


@require_POST
@logged_in
def edits(request: UserRequest, message_id: int) -> HttpResponse:
    """Edit: a version of a message of the user's own, beside it, and its reply."""
    message = _own_question(request, message_id)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return refuse_form(request, form, message.conversation, edited=message)
    try:
        reply = replies.edit(
            request.user, message, form.cleaned_data["text"], send_id=form.cleaned_data["send_id"]
        )
    except ObjectDoesNotExist as error:
        raise Http404(str(error)) from error
    except replies.NotStarted as reason:
        return refuse_start(request, reason, message.conversation, edited=message)
    return _changed_branch(request, message.conversation, reply)


@require_POST
@logged_in
def message_replies(request: UserRequest, message_id: int) -> HttpResponse:
    """Regenerate: another reply to a message of the user's own."""
    question = _own_question(request, message_id)
    form = SendIdForm(request.POST)
    if not form.is_valid():
        return refuse_form(request, form, question.conversation)
    try:
        reply = replies.regenerate(request.user, question, send_id=form.cleaned_data["send_id"])
    except ObjectDoesNotExist as error:
        raise Http404(str(error)) from error
    except replies.NotStarted as reason:
        return refuse_start(request, reason, question.conversation)
    return _changed_branch(request, question.conversation, reply)


def _own_question(request: UserRequest, message_id: int) -> Message:
    mine = Message.objects.visible_to(request.user).select_related("conversation")
    return get_object_or_404(mine, pk=message_id, role=Role.USER)


def _changed_branch(request: UserRequest, conversation: Conversation, reply: Reply) -> HttpResponse:
    """The branch that ends with the new reply, in place of the one that was shown."""
    conversation.mark_read(but=reply)
    if not request.htmx:
        return SeeOther(conversation.get_absolute_url())
    stretch = stretch_of(conversation, reply.message_id)
    return chat_fragment(request, "conversations/_branch.html", conversation, stretch)
