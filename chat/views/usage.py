"""What was used: one's own, everyone's for staff, and the ledger as CSV."""

import csv
from collections.abc import AsyncIterator, Iterator
from itertools import islice

from asgiref.sync import sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat import usage
from chat.forms import SpanForm
from chat.views.access import logged_in, staff_only
from chat.views.answers import UserRequest
from chat.views.listing import listing


@require_safe
@logged_in
def mine(request: UserRequest) -> HttpResponse:
    span, wrong = _span(request)
    rows = usage.usage_by_model(request.user, span)
    context = {
        "conversations": listing(request.user),
        "period": span,
        "notice": wrong,
        "rows": rows,
        "totals": usage.total(rows),
        "budgets": usage.standings(request.user),
        "recent": usage.newest_calls(request.user, span),
    }
    return render(request, "usage/mine.html", context, status=422 if wrong else 200)


@require_safe
@staff_only
def everyone(request: UserRequest) -> HttpResponse:
    span, wrong = _span(request)
    rows = usage.usage_by_user_and_model(span)
    context = {
        "conversations": listing(request.user),
        "period": span,
        "notice": wrong,
        "rows": rows,
        "totals": usage.total(rows),
    }
    return render(request, "usage/all.html", context, status=422 if wrong else 200)


@require_safe
@staff_only
def everyone_csv(request: UserRequest) -> HttpResponse | StreamingHttpResponse:
    span, wrong = _span(request)
    if wrong:
        return HttpResponse(wrong, status=422, content_type="text/plain; charset=utf-8")
    name = f"parley-usage-{span.start}-{span.end}.csv"
    return StreamingHttpResponse(
        _in_blocks(_csv(span)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


class _Line:
    """What csv.writer writes to: it gives the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _csv(span: usage.Span) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(usage.CSV_COLUMNS)
    for row in usage.ledger_rows(span):
        yield writer.writerow([_cell(value) for value in row])


async def _in_blocks(lines: Iterator[str], size: int = 1000) -> AsyncIterator[str]:
    """Lines that are made in the request's own thread, sent a block at a time so that memory stays flat."""
    while block := await sync_to_async(lambda: "".join(islice(lines, size)))():
        yield block


def _cell(value: object) -> object:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def _span(request: UserRequest) -> tuple[usage.Span, str]:
    """The days asked for, and what is wrong with them, if anything is."""
    form = SpanForm(request.GET)
    if form.is_valid():
        return form.span(), ""
    wrong = form.non_field_errors()
    return usage.Span.this_month(), str(wrong[0]) if wrong else "A day is written as 2026-11-23."
