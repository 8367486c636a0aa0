"""A send that did not begin a reply: a clear sentence, the right status, and the draft kept."""

from django.http import HttpResponse
from django.shortcuts import render

from chat import replies
from chat.forms import MessageForm, SendForm, SendIdForm, SettingsForm
from chat.models import Conversation, Message
from chat.views.answers import UserRequest, draft_of, notice, to_notice
from chat.views.page import chat_page, composer

STATUSES = {replies.ShuttingDown: 503, replies.TooManyOpen: 429}
PARENT_GONE = (
    "The message that this one was to follow is no longer there. "
    "Your text is kept: send it again, and it follows the newest one."
)


def refuse_form(
    request: UserRequest,
    form: SendIdForm,
    conversation: Conversation | None,
    *,
    settings: SettingsForm | None = None,
) -> HttpResponse:
    """422. A form whose hidden fields are wrong gets fresh ones: as it is it could only be refused again."""
    hidden = isinstance(form, MessageForm) and form.errors.keys() & {"send_id", "parent"}
    return _refuse(
        request,
        form.first_error(),
        conversation,
        parent=form.cleaned_data.get("parent"),
        fresh=bool(hidden),
        draft=form.draft if isinstance(form, SendForm) else "",
        settings=settings,
        status=422,
    )


def refuse_settings(request: UserRequest, settings: SettingsForm) -> HttpResponse:
    """422: of a new chat, whose settings come with its first message."""
    return _refuse(request, settings.first_error(), None, settings=settings, status=422)


def refuse_parent(request: UserRequest, conversation: Conversation) -> HttpResponse:
    """404: of another conversation, or deleted meanwhile; a fresh form goes on below the newest message."""
    return _refuse(request, PARENT_GONE, conversation, fresh=True, status=404)


def refuse_start(
    request: UserRequest,
    reason: replies.NotStarted,
    conversation: Conversation | None,
    *,
    parent: int | None = None,
    settings: SettingsForm | None = None,
) -> HttpResponse:
    if isinstance(reason, replies.SendIdReused):
        return _refuse_reused(request, reason, conversation)
    status = STATUSES.get(type(reason), 409)
    return _refuse(request, reason.sentence, conversation, parent=parent, settings=settings, status=status)


def _refuse(
    request: UserRequest,
    sentence: str,
    conversation: Conversation | None,
    *,
    parent: int | None = None,
    fresh: bool = False,
    draft: str = "",
    settings: SettingsForm | None = None,
    status: int,
) -> HttpResponse:
    """`draft` goes into the box in place of what was sent."""
    if request.htmx and not fresh and not draft:
        return notice(request, sentence, status=status)
    branch, parent = _branch(conversation, parent)
    if request.htmx:
        context = {"text": sentence, "composer": composer(conversation, branch, parent=parent, draft=draft)}
        return to_notice(render(request, "conversations/_refused.html", context, status=status))
    return chat_page(
        request,
        conversation,
        branch,
        parent=parent,
        draft=draft or draft_of(request),
        notice=sentence,
        settings=settings,
        status=status,
    )


def _branch(conversation: Conversation | None, parent: int | None) -> tuple[list[Message], int | None]:
    """What the refused form stood below; the newest branch where that is not known."""
    if conversation is None:
        return [], None
    try:
        return conversation.branch(parent), parent
    except Message.DoesNotExist:
        return conversation.branch(), None


def _refuse_reused(
    request: UserRequest, reason: replies.SendIdReused, conversation: Conversation | None
) -> HttpResponse:
    """409: the message that the id belongs to, and a form with a fresh id that holds the draft."""
    first = reason.reply.message.conversation
    if request.htmx:
        branch = conversation.branch() if conversation else []
        context = {"first": first, "text": reason.sentence, "composer": composer(conversation, branch)}
        return to_notice(render(request, "conversations/_reused.html", context, status=409))
    branch = first.branch(reason.reply.message_id)
    return chat_page(request, first, branch, draft=draft_of(request), notice=reason.sentence, status=409)
