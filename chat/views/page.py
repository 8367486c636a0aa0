"""What the chat page and its fragments are made of."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from chat import markdown, replies, usage
from chat.forms import SettingsForm
from chat.models import Conversation, Message, Reply, ReplyChunk
from chat.views.answers import UserRequest
from chat.views.listing import Cursor, listing
from chat.views.places import EVERYWHERE, Place
from chat.views.stretch import Stretch

STARTERS = {
    "ask": "Explain to me, in simple words, how ",
    "write": "Write a short and friendly mail that ",
    "summarize": "Summarize the following text in three sentences:\n\n",
    "code": "Complete this Python function:\n\n```python\ndef reverse_string(text):\n    \n```",
}


@dataclass(frozen=True)
class Snapshot:
    """The committed text of an open reply as safe HTML."""

    blocks: str
    tail: str


@dataclass(frozen=True)
class Edit:
    """The message that is being edited, and what its form holds."""

    message_id: int
    text: str


def shown(stretch: Stretch) -> list[Message]:
    """As the templates want them: the branch's last one marked, versions counted, open replies with their text."""
    for message in stretch.messages:
        message.versions = stretch.tree.versions(message.pk)  # type: ignore[attr-defined]
        message.is_last = message.pk == stretch.end  # type: ignore[attr-defined]
        if message.is_assistant and message.reply.is_open:
            message.snapshot = snapshot(message.reply)  # type: ignore[attr-defined]
            message.ahead = replies.ahead_of(message.reply)  # type: ignore[attr-defined]
        elif message.is_assistant and message.html_version != markdown.RENDERER_VERSION:
            message.html = markdown.render(message.text)
    return stretch.messages


def has_news(stretch: Stretch) -> bool:
    """Whether its last reply has ended and was not looked at since: also where it ended between two queries."""
    last = stretch.messages[-1] if stretch.messages else None
    return bool(last and last.is_assistant and last.reply.is_news)


def snapshot(reply: Reply) -> Snapshot:
    text = ReplyChunk.objects.all().text_of(reply.pk)
    split = markdown.split(text)
    blocks = "".join(markdown.render(text[start:end]) for start, end in split.blocks)
    return Snapshot(blocks, markdown.render_tail(text[split.tail :]))


def composer(
    conversation: Conversation | None,
    stretch: Stretch,
    *,
    parent: int | None = None,
    draft: str = "",
    notice: str = "",
    more_of: int | None = None,
    place: Place = EVERYWHERE,
) -> dict[str, Any]:
    """The form below the log; while the last message is being written its button is Stop.

    Without a `parent` a message goes to the end of the branch that is seen, whatever another tab sent meanwhile.
    """
    last = stretch.messages[-1] if stretch.messages else None
    running = last.reply if last and last.is_assistant and last.reply.is_open else None
    return {
        "action": reverse("messages", args=[conversation.pk]) if conversation else place.url,
        "send_id": str(uuid4()),
        "parent": parent or "",
        "seen": stretch.end or "",
        "draft": draft,
        "running": running,
        "notice": notice,
        "more_of": more_of,
    }


def settings_of(request: UserRequest, conversation: Conversation | None) -> SettingsForm:
    """A conversation's own; in a new chat it comes with the first message, and stays when that is refused."""
    if conversation:
        return SettingsForm(chosen=conversation.chosen)
    posted = request.POST if request.method == "POST" else None
    return SettingsForm(posted, chosen=request.user.chosen, belongs_to="composer")


def meter(conversation: Conversation | None, stretch: Stretch) -> replies.Meter | None:
    """Over the whole branch, however little of it is shown."""
    return replies.meter(conversation, stretch.branch) if conversation else None


def chat_page(
    request: UserRequest,
    conversation: Conversation | None,
    stretch: Stretch,
    *,
    parent: int | None = None,
    edit: Edit | None = None,
    draft: str = "",
    notice: str = "",
    more_of: int | None = None,
    undo: Conversation | None = None,
    place: Place = EVERYWHERE,
    after: Cursor | None = None,
    settings: SettingsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page: the list, and a conversation or a new chat beside it; a new chat begins in `place`."""
    context = {
        "conversations": listing(request.user, place, after),
        "conversation": conversation,
        "stretch": stretch,
        "messages": shown(stretch),
        "edit": edit,
        "composer": composer(
            conversation, stretch, parent=parent, draft=draft, notice=notice, more_of=more_of, place=place
        ),
        "meter": meter(conversation, stretch),
        "budget": usage.warning(request.user),
        "unread": getattr(conversation, "is_unread", False) or has_news(stretch),
        "undo": undo,
        "settings": settings or settings_of(request, conversation),
    }
    return render(request, "conversations/page.html", context, status=status)


def chat_fragment(
    request: UserRequest, template: str, conversation: Conversation, stretch: Stretch
) -> HttpResponse:
    """The answer to an htmx form: messages to show, and the composer as it is below them."""
    context = {
        "conversations": listing(request.user),
        "conversation": conversation,
        "stretch": stretch,
        "messages": shown(stretch),
        "unread": has_news(stretch),
        "composer": composer(conversation, stretch),
        "meter": meter(conversation, stretch),
        "budget": usage.warning(request.user),
        "settings": settings_of(request, conversation),
    }
    response = render(request, template, context)
    # `leaf` and its like stood for what was shown before.
    if "?" in (request.htmx.current_url_abs_path or ""):
        response["HX-Replace-Url"] = conversation.get_absolute_url()
    return response
