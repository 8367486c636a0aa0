"""Messages: sending one, and asking for another reply to one."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from chat import replies
from chat.forms import SendForm, SendIdForm
from chat.models import Conversation, Message, Role
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest
from chat.views.conversations import own
from chat.views.page import chat_fragment
from chat.views.refusals import refuse_form, refuse_parent, refuse_start


@require_POST
@logged_in
def messages(request: UserRequest, conversation_id: int) -> HttpResponse:
    """Store a message and begin its reply."""
    conversation = own(request, conversation_id)
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
        )
    except Message.DoesNotExist:
        return refuse_parent(request, conversation)
    except Conversation.DoesNotExist as error:
        raise Http404(str(error)) from error
    except replies.NotStarted as reason:
        return refuse_start(request, reason, conversation, parent=form.cleaned_data["parent"])
    answered = reply.message.conversation
    if not request.htmx:
        return SeeOther(answered.get_absolute_url())
    branch = answered.branch(reply.message_id)
    return chat_fragment(request, "conversations/_sent.html", answered, branch[-2:], composer_after=branch)


@require_POST
@logged_in
def message_replies(request: UserRequest, message_id: int) -> HttpResponse:
    """Regenerate: another reply to a message of the user's own."""
    question = get_object_or_404(
        Message.objects.visible_to(request.user).select_related("conversation"),
        pk=message_id,
        role=Role.USER,
    )
    form = SendIdForm(request.POST)
    if not form.is_valid():
        return refuse_form(request, form, question.conversation)
    try:
        reply = replies.regenerate(request.user, question, send_id=form.cleaned_data["send_id"])
    except ObjectDoesNotExist as error:
        raise Http404(str(error)) from error
    except replies.NotStarted as reason:
        return refuse_start(request, reason, question.conversation)
    conversation = question.conversation
    if not request.htmx:
        return SeeOther(conversation.get_absolute_url())
    branch = conversation.branch(reply.message_id)
    return chat_fragment(
        request, "conversations/_regenerated.html", conversation, branch, composer_after=branch
    )
