"""Search: a page of its own, and what takes the place of the list while somebody types."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from chat.models import Conversation, User
from chat.search import Found, Query, Titled, conversations, messages, parse
from chat.views.access import logged_in
from chat.views.address import number_of
from chat.views.answers import UserRequest
from chat.views.list_answers import list_fragment
from chat.views.listing import listing


@dataclass(frozen=True)
class Results:
    """What one page of a search shows; an address is empty where it would lead to nothing."""

    titled: list[Titled]
    found: list[Found]
    newest: str
    more: str
    more_titles: str
    elsewhere: str  # the same in the archive, or outside of it


@require_safe
@logged_in
def search(request: UserRequest) -> HttpResponse:
    query = parse(request.GET.get("q", ""))
    if request.htmx and not query.typed.strip():
        return list_fragment(request)  # as it was before somebody searched
    below = number_of(request.GET.get("below", ""))  # anything else is no error: the first page
    results = _results(request.user, query, below)
    if request.htmx:
        fragment = "search/_messages.html" if below else "search/_results.html"
        return render(request, fragment, {"query": query, "results": results})
    return render(
        request,
        "search/page.html",
        {"conversations": listing(request.user), "query": query, "results": results, "below": below},
    )


def _results(user: User, query: Query, below: int | None) -> Results:
    found, last = messages(user, query, below=below)
    titled, more_titled = ([], False) if below else conversations(user, query)
    return Results(
        titled=titled,
        found=found,
        newest=_url(query.typed),
        more=_url(query.typed, below=last) if last else "",
        more_titles=_url(query.for_titles) if more_titled and query.asks_messages else "",
        elsewhere=_elsewhere(user, query),
    )


def _elsewhere(user: User, query: Query) -> str:
    if query.in_archive:
        return _url(re.sub(r"(?i)(?<!\S)in:archive(?!\S)", "", query.typed).strip())
    if Conversation.objects.visible_to(user).filter(archived=True).exists():
        return _url(f"in:archive {query.typed}")
    return ""


def _url(typed: str, **more: int) -> str:
    return f"{reverse('search')}?{urlencode({'q': typed, **more})}"
