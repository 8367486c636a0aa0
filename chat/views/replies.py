"""A reply's event stream, Stop and Continue."""

import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

from asgiref.sync import sync_to_async
from django.core.exceptions import ObjectDoesNotExist
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from chat import replies, usage
from chat.forms import SendIdForm
from chat.models import Reply
from chat.views import events
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest
from chat.views.page import chat_fragment, composer, meter, shown
from chat.views.refusals import refuse_form, refuse_start
from chat.views.stretch import stretch_of

TOO_MANY = "Too many of your tabs follow replies at once. Close some of them."


@require_POST
@logged_in
def stop(request: UserRequest, reply_id: int) -> HttpResponse:
    """End it now; the page learns of the end by the event stream."""
    reply = get_object_or_404(Reply.objects.visible_to(request.user), pk=reply_id)
    replies.stop(reply)
    if request.htmx:
        return HttpResponse(status=204)
    return SeeOther(reply.message.conversation.get_absolute_url())


@require_POST
@logged_in
def resume(request: UserRequest, reply_id: int) -> HttpResponse:
    """Continue: let the model go on where the reply was cut."""
    reply = get_object_or_404(
        Reply.objects.visible_to(request.user).select_related("message__conversation"), pk=reply_id
    )
    conversation = reply.message.conversation
    form = SendIdForm(request.POST)
    if not form.is_valid():
        return refuse_form(request, form, conversation)
    try:
        replies.resume(request.user, reply, send_id=form.cleaned_data["send_id"])
    except ObjectDoesNotExist as error:
        raise Http404(str(error)) from error
    except replies.NotStarted as reason:
        return refuse_start(request, reason, conversation)
    if not request.htmx:
        return SeeOther(f"{conversation.get_absolute_url()}?leaf={reply.message_id}")
    stretch = stretch_of(conversation, reply.message_id)
    return chat_fragment(request, "conversations/_branch.html", conversation, stretch)


@require_GET
async def reply_events(request: HttpRequest, reply_id: int) -> HttpResponse | StreamingHttpResponse:
    """Snapshot, then tail. Never a redirect: no session, a stranger and a deleted reply are a 404."""
    reply = await sync_to_async(_visible_reply)(cast(UserRequest, request), reply_id)
    # A stream lives for minutes: it must not keep a connection for them.
    await sync_to_async(connections.close_all)()
    try:
        too_many = reply.is_open and not replies.may_follow(cast(UserRequest, request).user)
    except replies.ShuttingDown as reason:
        return HttpResponse(reason.sentence, status=503, content_type="text/plain")
    if too_many:
        return HttpResponse(TOO_MANY, status=429, content_type="text/plain", headers={"Retry-After": "5"})
    stream = _events(cast(UserRequest, request), reply)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        stream = _compressed(stream)
    return StreamingHttpResponse(stream, content_type="text/event-stream; charset=utf-8", headers=headers)


def _visible_reply(request: UserRequest, reply_id: int) -> Reply:
    if not request.user.is_authenticated:
        raise Http404("Nobody is logged in.")
    return get_object_or_404(Reply.objects.visible_to(request.user), pk=reply_id)


async def _events(request: UserRequest, reply: Reply) -> AsyncGenerator[bytes, None]:
    if reply.is_open:
        reader = replies.Reader(request.session.session_key or "", request.user.pk, reply.pk)
        resume_at = events.resume_at(request.headers.get("Last-Event-ID", ""))
        renderer = events.FrameRenderer(reply.pk)
        async with aclosing(replies.follow(reader, resume_at)) as frames:
            async for frame in frames:
                if frame is None:
                    yield events.SIGN_OF_LIFE
                elif not frame.last:
                    yield renderer.render(frame)
        if reader.leave.is_set():
            return  # the page's script asks again, and hears that there is nothing for it
    last = await sync_to_async(_render_last)(request, reply.pk)
    yield events.render(last, event_id=None) if last else b""
    yield events.END


def _render_last(request: UserRequest, reply_id: int) -> str:
    """The message as it is stored now; nothing when it was deleted meanwhile."""
    try:
        reply = (
            Reply.objects.visible_to(request.user)
            .select_related("message__conversation")
            .filter(pk=reply_id)
            .first()
        )
        if reply is None:
            return ""
        stretch = stretch_of(reply.message.conversation, reply.message_id).newest(1)
        context = {
            "message": shown(stretch)[0],
            "reply": stretch.messages[0].reply,
            "conversation": reply.message.conversation,
            "composer": composer(reply.message.conversation, stretch),
            "meter": meter(reply.message.conversation, stretch),
            "budget": usage.warning(request.user),
        }
        return render_to_string("replies/_last.html", context, request)
    finally:
        connections.close_all()


async def _compressed(stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """gzip with a flush after each event, so that none waits for the next."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, 31)
    async with aclosing(stream) as blocks:
        async for block in blocks:
            yield deflate.compress(block) + deflate.flush(zlib.Z_PARTIAL_FLUSH)
    yield deflate.flush()
