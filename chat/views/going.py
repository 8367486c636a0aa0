"""The conversations of one's own that retention will delete, and keeping one."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from chat.models import Conversation
from chat.views.access import logged_in
from chat.views.address import number_of
from chat.views.answers import SeeOther, UserRequest
from chat.views.listing import listing
from chat.views.own import own_conversation

SHOWN = 500


@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def going(request: UserRequest) -> HttpResponse:
    """GET: which, the first to go first. POST: pin the conversation with the number `keep`."""
    if request.method == "POST":
        number = number_of(request.POST.get("keep", ""))
        if number is None:
            raise Http404("What is kept is told by its number.")
        own_conversation(request, number).pin(True)
        return SeeOther(reverse("conversations-going"))
    found = Conversation.objects.visible_to(request.user).going()
    context = {
        "conversations": listing(request.user),
        "going": found.only("title", "going_on", "updated_at")[:SHOWN],
        "more": max(found.count() - SHOWN, 0),
        "days": settings.RETENTION_DAYS,
    }
    return render(request, "conversations/going.html", context)
