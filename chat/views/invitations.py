"""The invitations that staff make: a link that is shown once, all of them, withdrawing."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from chat.accounts.trail import record
from chat.forms import InvitationForm
from chat.models import Action, Invitation
from chat.views.access import staff_only
from chat.views.answers import SeeOther, UserRequest
from chat.views.listing import listing

SHOWN = 200


@cache_control(no_store=True)  # so that going back does not show a link again
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def invitations(request: UserRequest) -> HttpResponse:
    """GET: a form, and what was made. POST: a new one, whose link this answer alone shows."""
    if request.method != "POST":
        return _page(request, InvitationForm(request.user))
    form = InvitationForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    with transaction.atomic():
        made, token = Invitation.objects.issue(request.user, **form.wanted)
        group = f" to the group {made.group}" if made.group else ""
        record(request, Action.INVITED, detail=f"as {made.role_name.lower()}{group}")
    return _page(request, InvitationForm(request.user), made=made, token=token, status=201)


@require_POST
@staff_only
def withdraw(request: UserRequest, invitation_id: int) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=invitation_id)
    with transaction.atomic():
        if found.withdraw():
            record(request, Action.UNINVITED, detail=f"as {found.role_name.lower()}")
    return SeeOther(reverse("invitations"))


def _page(
    request: UserRequest,
    form: InvitationForm,
    *,
    made: Invitation | None = None,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "conversations": listing(request.user),
        "form": form,
        "made": made,
        "token": token,
        "open": Invitation.objects.open().select_related("group", "made_by").order_by("-pk")[:SHOWN],
        "used": Invitation.objects.exclude(used_at=None)
        .select_related("group", "made_by", "used_by")
        .order_by("-used_at")[:SHOWN],
    }
    return render(request, "invitations/page.html", context, status=status)
