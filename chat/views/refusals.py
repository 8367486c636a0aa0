"""What was asked for and is not done: a clear sentence, the right status, and the draft kept."""

from django.http import HttpResponse
from django.shortcuts import render

from chat import replies
from chat.forms import MessageForm, SendForm, SendIdForm, SettingsForm, first_error
from chat.models import Conversation, Message
from chat.views.answers import COMPOSER_NOTICE, UserRequest, draft_of, lands_in, notice
from chat.views.page import Edit, chat_page, composer
from chat.views.places import EVERYWHERE, place_of
from chat.views.stretch import Stretch, stretch_of

STATUSES = {replies.ShuttingDown: 503, replies.TooManyOpen: 429, replies.NoBudget: 429}
PARENT_GONE = (
    "The message that this one was to follow is no longer there. "
    "Your text is kept: send it again, and it follows the newest one."
)


def refuse_form(
    request: UserRequest,
    form: SendIdForm,
    conversation: Conversation | None,
    *,
    edited: Message | None = None,
) -> HttpResponse:
    """422. A form whose hidden fields are wrong gets fresh ones: as it is it could only be refused again."""
    hidden = isinstance(form, MessageForm) and form.errors.keys() & {"send_id", "parent", "seen"}
    parent = form.cleaned_data.get("parent")
    return refuse(
        request,
        first_error(form),
        conversation,
        parent=parent,
        edited=edited,
        fresh=bool(hidden),
        draft=form.draft if isinstance(form, SendForm) else "",
        status=422,
    )


def refuse_settings(request: UserRequest, form: SettingsForm) -> HttpResponse:
    """422: of a new chat, whose settings come with its first message."""
    return refuse(request, first_error(form), None, status=422)


def refuse_parent(request: UserRequest, conversation: Conversation) -> HttpResponse:
    """404: of another conversation, or deleted meanwhile; a fresh form goes on below the newest message."""
    return refuse(request, PARENT_GONE, conversation, fresh=True, status=404)


def refuse_start(
    request: UserRequest,
    reason: replies.NotStarted,
    conversation: Conversation | None,
    *,
    parent: int | None = None,
    edited: Message | None = None,
) -> HttpResponse:
    if isinstance(reason, replies.SendIdReused):
        return _refuse_reused(request, reason, conversation)
    response = refuse(
        request,
        reason.sentence,
        conversation,
        parent=parent,
        edited=edited,
        more_of=reason.more_of if isinstance(reason, replies.NoBudget) else None,
        status=_status_of(reason),
    )
    return _with_retry_after(response, reason)


def _status_of(reason: replies.NotStarted) -> int:
    if isinstance(reason, replies.NoBudget) and reason.retry_after is None:
        return 409  # time alone changes nothing
    return STATUSES.get(type(reason), 409)


def _with_retry_after(response: HttpResponse, reason: replies.NotStarted) -> HttpResponse:
    """Say to a program, too, when a budget begins anew."""
    if isinstance(reason, replies.NoBudget) and reason.retry_after is not None:
        response["Retry-After"] = str(reason.retry_after)
    return response


def refuse(
    request: UserRequest,
    sentence: str,
    conversation: Conversation | None,
    *,
    parent: int | None = None,
    edited: Message | None = None,
    fresh: bool = False,
    draft: str = "",
    more_of: int | None = None,
    status: int,
) -> HttpResponse:
    """For htmx a notice, otherwise the page with it.

    The draft stays in the form that it was in: the composer, or that of the message `edited`.
    Another `draft` goes into the composer in its place.
    """
    if request.htmx and not fresh and not draft:
        return notice(request, sentence, status=status, more_of=more_of)
    stretch, parent = _stretch(conversation, parent, edited)
    if request.htmx:
        context = {"text": sentence, "composer": composer(conversation, stretch, parent=parent, draft=draft)}
        return lands_in(
            COMPOSER_NOTICE, render(request, "conversations/_refused.html", context, status=status)
        )
    if edited:
        edit = Edit(edited.pk, draft_of(request))
        return chat_page(
            request, conversation, stretch, edit=edit, notice=sentence, more_of=more_of, status=status
        )
    draft = draft or draft_of(request)
    place = EVERYWHERE if conversation else place_of(request.user, request.GET)
    return chat_page(
        request,
        conversation,
        stretch,
        parent=parent,
        draft=draft,
        notice=sentence,
        more_of=more_of,
        place=place,
        status=status,
    )


def _stretch(
    conversation: Conversation | None, parent: int | None, edited: Message | None
) -> tuple[Stretch, int | None]:
    """What the refused form stood below; the chosen branch where that is not known."""
    if conversation is None:
        return Stretch(), None
    if edited:
        return stretch_of(conversation, through=edited.pk), None
    try:
        return stretch_of(conversation, parent), parent
    except Message.DoesNotExist:
        return stretch_of(conversation), None


def _refuse_reused(
    request: UserRequest, reason: replies.SendIdReused, conversation: Conversation | None
) -> HttpResponse:
    """409: the message that the id belongs to, and a form with a fresh id that holds the draft."""
    first = reason.reply.message.conversation
    if request.htmx:
        stretch = stretch_of(conversation) if conversation else Stretch()
        context = {"first": first, "text": reason.sentence, "composer": composer(conversation, stretch)}
        return lands_in(COMPOSER_NOTICE, render(request, "conversations/_reused.html", context, status=409))
    stretch = stretch_of(first, reason.reply.message_id)
    return chat_page(request, first, stretch, draft=draft_of(request), notice=reason.sentence, status=409)
