"""The audit trail, for staff: who did what, newest first, and the same as a file."""

from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from chat.accounts.reading import CSV_COLUMNS, GROUPS, Wanted, entry_rows, page_of_entries
from chat.accounts.trail import record
from chat.forms import AuditForm
from chat.forms.audit import EVERYTHING
from chat.models import Action
from chat.views.access import staff_only
from chat.views.address import number_in
from chat.views.answers import UserRequest
from chat.views.files import csv_file
from chat.views.listing import listing
from chat.views.spans import wrong_of

FILTERS = ("who", "action", "from", "to")


@require_safe
@staff_only
def audit(request: UserRequest) -> HttpResponse:
    """`who`, `action`, `from` and `to` limit it, unless they are wrong; `before` goes on behind an entry."""
    form = AuditForm(request.GET)
    wrong = "" if form.is_valid() else wrong_of(form)
    page = page_of_entries(Wanted() if wrong else form.wanted(), before=number_in(request, "before"))
    context = {
        "conversations": listing(request.user),
        "page": page,
        "notice": wrong,
        "given": {name: request.GET.get(name, "") for name in FILTERS},
        "is_limited": any(request.GET.get(name) for name in FILTERS),
        "actions": (EVERYTHING, *GROUPS),
        "older_url": _url(request, "audit", before=page.older) if page.older else "",
        "csv_url": _url(request, "audit-csv"),
    }
    return render(request, "audit/page.html", context, status=422 if wrong else 200)


@require_safe
@staff_only
def audit_csv(request: UserRequest) -> HttpResponse | StreamingHttpResponse:
    form = AuditForm(request.GET)
    if not form.is_valid():
        return HttpResponse(wrong_of(form), status=422, content_type="text/plain; charset=utf-8")
    record(request, Action.EXPORTED, detail="the audit trail")
    return csv_file("parley-audit", CSV_COLUMNS, entry_rows(form.wanted()))


def _url(request: UserRequest, name: str, **more: object) -> str:
    """With the filters of this address."""
    given = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    query = urlencode({**given, **more})
    return f"{reverse(name)}?{query}" if query else reverse(name)
