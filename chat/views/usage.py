"""Everyone's usage, for staff: the dashboard, the ledger's rows behind its figures, and both as files."""

import datetime
from collections.abc import Callable

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chat import usage
from chat.accounts.trail import record
from chat.forms import ReportForm
from chat.models import Action, AuditEntry, BudgetRequest, User
from chat.views.access import staff_only
from chat.views.address import number_in
from chat.views.answers import UserRequest
from chat.views.files import csv_file, json_file
from chat.views.listing import listing
from chat.views.report import report_of
from chat.views.running import running_now
from chat.views.spans import wrong_of

LOOK = datetime.timedelta(hours=1)  # in which looking again is the same look


@require_safe
@staff_only
def everyone(request: UserRequest) -> HttpResponse:
    report = report_of(request)
    _note_look(request, report.only)
    rows = usage.usage_by(report.by, report.span, report.only, timed=True)
    context = {
        "conversations": listing(request.user),
        "report": report,
        "period": report.span,
        "notice": report.wrong,
        "month": usage.pace_of_month(),
        "budgets": usage.pace_of_budgets(),
        "running": running_now(),
        "waiting": BudgetRequest.objects.open().count(),
        "totals": usage.total(rows),
        "before": usage.total(usage.usage_by_day(report.span.before, report.only)),
        "chart": usage.chart_of(report.by, report.span, report.only, rows, show=report.show),
        "rows": report.sorted(rows),
    }
    return render(request, "usage/all.html", context, status=422 if report.wrong else 200)


@require_safe
@staff_only
def calls(request: UserRequest) -> HttpResponse:
    """The ledger's rows behind a figure: who, when, how much, and what came of it; never what was said."""
    report = report_of(request)
    _note_look(request, report.only)
    page = usage.page_of_calls(report.span, report.only, before=number_in(request, "before"))
    context = {
        "conversations": listing(request.user),
        "report": report,
        "period": report.span,
        "notice": report.wrong,
        "page": page,
        "older_url": report.older_url(page.older) if page.older else "",
    }
    return render(request, "usage/calls.html", context, status=422 if report.wrong else 200)


@require_safe
@staff_only
def everyone_csv(request: UserRequest) -> HttpResponse | StreamingHttpResponse:
    return _file(request, csv_file)


@require_safe
@staff_only
def everyone_json(request: UserRequest) -> HttpResponse | StreamingHttpResponse:
    return _file(request, json_file)


def _file(
    request: UserRequest, made: Callable[..., StreamingHttpResponse]
) -> HttpResponse | StreamingHttpResponse:
    form = ReportForm(request.GET)
    if not form.is_valid():
        return HttpResponse(wrong_of(form), status=422, content_type="text/plain; charset=utf-8")
    span, only = form.span(), form.only()
    _note_look(request, only)
    record(request, Action.EXPORTED, detail=f"usage, {span.start} to {span.end}")
    name = f"parley-usage-{span.start}-{span.end}"
    return made(name, usage.CSV_COLUMNS, usage.ledger_rows(span, only))


def _note_look(request: UserRequest, only: usage.Only) -> None:
    """Who looks at one person's usage is in the audit trail."""
    subject = _person_of(only)
    if subject is None or subject == request.user:
        return
    looks = AuditEntry.objects.filter(action=Action.USAGE_SEEN, actor=request.user, subject=subject)
    if not looks.since(timezone.now() - LOOK).exists():
        record(request, Action.USAGE_SEEN, subject=subject)


def _person_of(only: usage.Only) -> User | None:
    """Whom it is limited to, also by a key of theirs."""
    if only.user:
        return User.objects.filter(pk=only.user).first()
    return User.objects.filter(api_keys=only.key).first() if only.key else None
