"""One's own account: everything of it as a file, and its end."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chat import transfer
from chat.accounts import erasure
from chat.accounts.administrators import OnlyAdministrator
from chat.accounts.trail import record
from chat.forms import LeaveForm
from chat.models import Action
from chat.views.access import logged_in
from chat.views.answers import UserRequest
from chat.views.downloads import streamed, too_many


@require_safe
@logged_in
def export(request: UserRequest) -> HttpResponseBase:
    """A ZIP archive: conversations, prompts, usage and what is known of the account."""
    if refusal := too_many(request):
        return refusal
    record(request, Action.EXPORTED, detail="everything of an account")
    name = f"parley-{request.user.get_username()}-{timezone.localdate()}"
    headers = {
        "Content-Disposition": transfer.attachment(name, "zip"),
        "Cache-Control": "private, no-store",
    }
    pieces = streamed(request, transfer.own_archive(request.user))
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
@reauthentication_required  # type: ignore[untyped-decorator]
def delete(request: UserRequest) -> HttpResponse:
    """GET: what it means. POST: for good, once the name was typed; the last administrator stays."""
    form = LeaveForm(request.POST if request.method == "POST" else None, user=request.user)
    if not form.is_valid():
        return _asked(request, form)
    user = request.user
    try:
        erasure.leave(user)
    except OnlyAdministrator as reason:
        form.add_error(None, reason.sentence)
        return _asked(request, form)
    with transaction.atomic():
        if erasure.hold(user):
            record(request, Action.USER_DELETED, subject=user)
            erasure.erase(user)
    request.session.flush()  # a log-out would enter an address in the trail again
    request.user = AnonymousUser()  # type: ignore[assignment]
    return render(request, "account/deleted.html")


def _asked(request: UserRequest, form: LeaveForm) -> HttpResponse:
    return render(request, "account/delete.html", {"form": form}, status=422 if form.is_bound else 200)
