"""A shared branch as its readers see it, with an account or without one."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from chat import markdown, transfer
from chat.models import Role, Share
from chat.views.access import logged_in
from chat.views.address import number_in
from chat.views.answers import UserRequest, to_page

WINDOW = 100  # messages on a page
WINDOW_CHARACTERS = 500_000  # of them, where there are several


@dataclass(frozen=True, kw_only=True)
class SharedMessage:
    """One message as the template wants it: `html` is the safe rendering of a reply."""

    number: int
    role: str
    text: str
    html: str
    reply: transfer.ReplyRecord | None


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    found = _open(token)
    messages = transfer.read_share(found).messages
    end = _end(request, len(messages))
    start = end - _fitting(reversed(messages[:end]))
    newer = end + _fitting(messages[end:])
    context = {
        "share": found,
        "messages": [_rendered(number, messages[number - 1]) for number in range(start + 1, end + 1)],
        "older": start + 1 if start else None,
        "newer": newer + 1 if newer < len(messages) else None,
        "is_newest": end == len(messages),
    }
    response = render(request, "shares/page.html", context)
    response["Cache-Control"] = "no-store"  # so that nobody keeps it when it is ended
    # With "no-referrer" a browser posts a form without its origin, and the form is refused as another site's.
    response["Referrer-Policy"] = "same-origin" if request.user.is_authenticated else "no-referrer"
    return response


@require_POST
@logged_in
def shared_copy(request: UserRequest, token: str) -> HttpResponse:
    """The shared branch as a conversation of the reader's own."""
    return to_page(request, transfer.copy_share(_open(token), request.user).get_absolute_url())


def _open(token: str) -> Share:
    return get_object_or_404(Share.objects.open(), token=token)


def _end(request: HttpRequest, count: int) -> int:
    """How many messages stand before and on the page: all, or those before the number that was asked for."""
    before = number_in(request, "before")
    if before is None:
        return count
    if not 1 < before <= count:
        raise Http404("`before` is the number of a message that has some before it.")
    return before - 1


def _fitting(messages: Iterable[transfer.MessageRecord]) -> int:
    """How many of them, from the first on, make a page."""
    count = characters = 0
    for message in islice(messages, WINDOW):
        characters += len(message.text)
        if count and characters > WINDOW_CHARACTERS:
            break
        count += 1
    return count


def _rendered(number: int, message: transfer.MessageRecord) -> SharedMessage:
    return SharedMessage(
        number=number,
        role=message.role,
        text=message.text,
        html=markdown.render(message.text) if message.role == Role.ASSISTANT else "",
        reply=message.reply,
    )
