"""A title that the model suggests, on request."""

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from chat import replies
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest
from chat.views.own import own_conversation
from chat.views.refusals import refuse, refuse_start


@require_POST
@logged_in
async def title(request: UserRequest, conversation_id: int) -> HttpResponse:
    """Asynchronous, since the model is waited for: no thread is held meanwhile."""
    conversation = await sync_to_async(own_conversation)(request, conversation_id)
    try:
        await replies.suggest_title(request.user, conversation)
    except replies.NotStarted as reason:
        return await sync_to_async(refuse_start)(request, reason, conversation)
    except replies.NoTitle as reason:
        return await sync_to_async(refuse)(request, reason.sentence, conversation, status=502)
    return await sync_to_async(_show)(request, conversation_id)


def _show(request: UserRequest, conversation_id: int) -> HttpResponse:
    # As it is now: it may have been renamed, or deleted.
    conversation = own_conversation(request, conversation_id)
    if request.htmx:
        return render(request, "conversations/_titled.html", {"conversation": conversation})
    return SeeOther(conversation.get_absolute_url())
