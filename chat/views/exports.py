"""Conversations as files: one as JSON, Markdown or a web page, and all of a user's."""

import base64
from hashlib import sha256

import orjson
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from chat import markdown, transfer
from chat.accounts.trail import record as record_in_trail
from chat.models import Action, Conversation
from chat.views.access import logged_in
from chat.views.answers import UserRequest
from chat.views.downloads import streamed, too_many
from chat.views.own import own_branch, own_conversation


@require_safe
@logged_in
def as_json(request: UserRequest, conversation_id: int) -> HttpResponse:
    """The whole tree."""
    record = transfer.read_conversation(own_conversation(request, conversation_id))
    content = orjson.dumps(transfer.render(record))
    return _file(request, conversation_id, content, "application/json", record.title, "json")


@require_safe
@logged_in
def as_markdown(request: UserRequest, conversation_id: int) -> HttpResponse:
    """The shown branch."""
    record = _branch(request, own_conversation(request, conversation_id))
    text = transfer.as_markdown(record).encode()
    return _file(request, conversation_id, text, "text/markdown; charset=utf-8", record.title, "md")


@require_safe
@logged_in
def as_page(request: UserRequest, conversation_id: int) -> HttpResponse:
    """The shown branch as one file that needs no other, and that runs nothing."""
    record = _branch(request, own_conversation(request, conversation_id))
    style = render_to_string("exports/style.css")
    page = render_to_string(
        "exports/page.html",
        {
            "title": record.title,
            "messages": [(message, markdown.render(message.text)) for message in record.messages],
            "style": style,
            "style_hash": base64.b64encode(sha256(style.encode()).digest()).decode(),
            "exported_at": timezone.now(),
        },
    )
    return _file(request, conversation_id, page.encode(), "text/html; charset=utf-8", record.title, "html")


@require_safe
@logged_in
def all_as_json(request: UserRequest) -> HttpResponseBase:
    if refusal := too_many(request):
        return refusal
    record_in_trail(request, Action.EXPORTED, detail="all conversations")
    name = f"parley-{request.user.get_username()}-{timezone.localdate()}"
    return StreamingHttpResponse(
        streamed(request, transfer.export_all(request.user)),
        content_type="application/json",
        headers=_headers(name, "json"),
    )


def _branch(request: UserRequest, conversation: Conversation) -> transfer.ConversationRecord:
    return transfer.read_conversation(conversation, own_branch(request, conversation))


def _file(
    request: UserRequest, number: int, content: bytes, content_type: str, title: str, extension: str
) -> HttpResponse:
    record_in_trail(request, Action.EXPORTED, detail=f"conversation {number} as {extension}")
    return HttpResponse(content, content_type=content_type, headers=_headers(title, extension))


def _headers(title: str, extension: str) -> dict[str, str]:
    return {
        "Content-Disposition": transfer.attachment(title, extension),
        "Cache-Control": "private, no-store",
    }
