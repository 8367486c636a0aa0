"""What the model is sent: shown as it is, and as programs that send the same."""

from urllib.parse import urlsplit, urlunsplit

import orjson
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chat import replies
from chat.examples import Example, examples_of
from chat.llm import ChatRequest, render_request
from chat.models import Conversation, Message
from chat.views.access import logged_in
from chat.views.address import number_in
from chat.views.answers import UserRequest
from chat.views.listing import listing
from chat.views.own import own_branch, own_conversation


@require_safe
@logged_in
def conversation_request(request: UserRequest, conversation_id: int) -> HttpResponse:
    """What the next send carries, below the branch that was chosen last, or below `?leaf=`."""
    found = own_conversation(request, conversation_id)
    wire = replies.next_request(found, own_branch(request, found))
    return _page(request, found, wire, at=number_in(request, "leaf"), usual="json")


@require_safe
@logged_in
def message_request(request: UserRequest, message_id: int) -> HttpResponse:
    """What is sent to have this message answered; of an answer, what it was the answer to."""
    messages = Message.objects.visible_to(request.user).select_related("conversation", "parent__conversation")
    message = get_object_or_404(messages, pk=message_id)
    question = message.parent if message.is_assistant else message
    if question is None:
        raise Http404("Nobody asked for this message.")
    wire = replies.request_for(question)
    return _page(request, message.conversation, wire, message=message, at=message_id, usual="curl")


def _page(
    request: UserRequest,
    conversation: Conversation,
    wire: ChatRequest,
    *,
    message: Message | None = None,
    at: int | None,
    usual: str,
) -> HttpResponse:
    examples = _examples(wire)
    wanted = request.GET.get("as", usual)
    context = {
        "conversations": listing(request.user),
        "conversation": conversation,
        "message": message,
        "at": at,
        "examples": examples,
        "chosen": wanted if wanted in [example.name for example in examples] else usual,
        "next": replies.NEXT,
    }
    return render(request, "requests/page.html", context)


def _examples(wire: ChatRequest) -> tuple[Example, ...]:
    """The very bytes that the client sends; with the embedded model, to the address that has a use elsewhere."""
    embedded = settings.EMBEDDED_MODEL
    base_url = settings.AIMLAPI_BASE if embedded else _public(settings.MODEL_API_BASE)
    key = "AIMLAPI_API_KEY" if base_url == settings.AIMLAPI_BASE else "MODEL_API_KEY"
    has_key = embedded or bool(settings.MODEL_API_KEY)
    body = orjson.loads(render_request(wire))
    return examples_of(body, base_url=base_url, key_variable=key if has_key else "")


def _public(url: str) -> str:
    """Without a name and password, which some put there."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
