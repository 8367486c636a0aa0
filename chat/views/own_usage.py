"""One's own usage: budgets, days, conversations, models and each call."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat import usage
from chat.views.access import logged_in
from chat.views.address import number_in
from chat.views.answers import UserRequest
from chat.views.listing import listing
from chat.views.spans import span_of

CALLS = 50  # a page
CONVERSATIONS = 50


@require_safe
@logged_in
def mine(request: UserRequest) -> HttpResponse:
    span, wrong = span_of(request)
    days, models, sources = usage.own_usage(request.user, span)
    conversations = usage.usage_by_conversation(request.user, span, limit=CONVERSATIONS + 1)
    before = number_in(request, "before")
    context = {
        "conversations": listing(request.user),
        "period": span,
        "notice": wrong,
        "budgets": usage.standings(request.user),
        "totals": usage.total(days),
        "days": days,
        "by_conversation": conversations[:CONVERSATIONS],
        "more_conversations": len(conversations) > CONVERSATIONS,
        "models": models,
        "sources": sources,
        "recent": usage.page_of_calls(span, usage.Only(user=request.user.pk), before=before, size=CALLS),
    }
    return render(request, "usage/mine.html", context, status=422 if wrong else 200)
