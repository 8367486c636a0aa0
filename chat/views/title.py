"""A title that the model suggests, on request."""

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from chat import replies
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest, notice
from chat.views.conversations import own
from chat.views.page import chat_page
from chat.views.refusals import status_of, with_retry_after
from chat.views.stretch import stretch_of


@require_POST
@logged_in
async def title(request: UserRequest, conversation_id: int) -> HttpResponse:
    """Asynchronous, since the model is waited for: no thread is held meanwhile."""
    conversation = await sync_to_async(own)(request, conversation_id)
    try:
        await replies.suggest_title(request.user, conversation)
    except replies.NotStarted as reason:
        status = status_of(reason)
        response = await sync_to_async(_refuse)(request, conversation_id, reason.sentence, status)
        return with_retry_after(response, reason)
    except replies.NoTitle as reason:
        return await sync_to_async(_refuse)(request, conversation_id, reason.sentence, 502)
    return await sync_to_async(_show)(request, conversation_id)


def _show(request: UserRequest, conversation_id: int) -> HttpResponse:
    conversation = own(request, conversation_id)  # as it is now: it may have been renamed, or deleted
    if request.htmx:
        return render(request, "conversations/_titled.html", {"conversation": conversation})
    return SeeOther(conversation.get_absolute_url())


def _refuse(request: UserRequest, conversation_id: int, sentence: str, status: int) -> HttpResponse:
    if request.htmx:
        return notice(request, sentence, status=status)
    conversation = own(request, conversation_id)
    return chat_page(request, conversation, stretch_of(conversation), notice=sentence, status=status)
