"""Imports: sending a file, and how far it is."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from chat import jobs, transfer
from chat.forms import ImportForm, first_error
from chat.models import Job, JobKind
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest
from chat.views.listing import listing

SHOWN = 20  # imports on the page


@dataclass(frozen=True)
class Shown:
    """An import as the page tells it."""

    job: Job
    tally: transfer.Tally

    @property
    def percent(self) -> int:
        return min(100, 100 * self.job.done // self.job.total) if self.job.total else 0

    @property
    def came(self) -> int:
        """Conversations of which anything can be told."""
        return self.tally.imported + self.tally.here + self.tally.refused

    @property
    def more_told(self) -> int:
        """Refused conversations beyond those that are told one by one."""
        return self.tally.refused - len(self.tally.told)

    @property
    def more_named(self) -> int:
        return self.tally.imported - len(self.tally.named)


@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def imports(request: UserRequest) -> HttpResponse:
    """GET: the form and one's imports, as a fragment for htmx. POST: a file."""
    if request.method == "POST":
        return _begin(request)
    if request.htmx:
        context = {"imports": _shown(request), "conversations": listing(request.user), "conversation": None}
        return render(request, "imports/_polled.html", context)
    return _page(request)


def _begin(request: UserRequest) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, first_error(form), status=422)
    file = form.cleaned_data["file"]
    try:
        transfer.begin_import(request.user, file.name, file.chunks(), size=file.size)
    except transfer.ImportOpen as reason:
        return _page(request, reason.sentence, status=409)
    jobs.wake(JobKind.IMPORT)
    return SeeOther(reverse("imports"))


def _page(request: UserRequest, notice: str = "", *, status: int = 200) -> HttpResponse:
    context = {
        "conversations": listing(request.user),
        "imports": _shown(request),
        "notice": notice,
        "most_megabytes": settings.IMPORT_BYTES // 1024**2,
    }
    return render(request, "imports/page.html", context, status=status)


def _shown(request: UserRequest) -> list[Shown]:
    own = Job.objects.filter(owner=request.user, kind=JobKind.IMPORT).order_by("-pk")[:SHOWN]
    return [Shown(job, transfer.Tally.of(job.result)) for job in own]
