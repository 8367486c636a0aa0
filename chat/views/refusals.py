"""A send that did not begin a reply: a clear sentence, the right status, and the draft kept."""

from django.http import HttpResponse
from django.shortcuts import render

from chat import replies
from chat.forms import SendIdForm
from chat.models import Conversation
from chat.views.answers import UserRequest, notice
from chat.views.page import chat_page, composer

STATUSES = {replies.ShuttingDown: 503, replies.TooManyOpen: 429}


def refuse_form(request: UserRequest, form: SendIdForm, conversation: Conversation | None) -> HttpResponse:
    return _refuse(request, form.first_error(), conversation, status=422)


def refuse_start(
    request: UserRequest, reason: replies.NotStarted, conversation: Conversation | None
) -> HttpResponse:
    if isinstance(reason, replies.SendIdReused):
        return _refuse_reused(request, reason, conversation)
    return _refuse(request, reason.sentence, conversation, status=STATUSES.get(type(reason), 409))


def _refuse(
    request: UserRequest, sentence: str, conversation: Conversation | None, *, status: int
) -> HttpResponse:
    if request.htmx:
        return notice(request, sentence, status=status)
    branch = conversation.branch() if conversation else []
    draft = request.POST.get("text", "").replace("\x00", "")
    return chat_page(request, conversation, branch, draft=draft, notice=sentence, status=status)


def _refuse_reused(
    request: UserRequest, reason: replies.SendIdReused, conversation: Conversation | None
) -> HttpResponse:
    """409: the message that the id belongs to, and a form with a fresh id that holds the draft."""
    first = reason.reply.message.conversation
    if request.htmx:
        branch = conversation.branch() if conversation else []
        context = {"first": first, "text": reason.sentence, "composer": composer(conversation, branch)}
        response = render(request, "conversations/_reused.html", context, status=409)
        response["HX-Retarget"] = "#composer-notice"
        response["HX-Reswap"] = "innerHTML"
        return response
    branch = first.branch(reason.reply.message_id)
    draft = request.POST.get("text", "").replace("\x00", "")
    return chat_page(request, first, branch, draft=draft, notice=reason.sentence, status=409)
