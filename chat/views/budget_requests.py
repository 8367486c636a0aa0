"""Asking for more of a budget, and the administrator's answers."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from chat import notices, usage
from chat.forms import AskForm, DeclineForm, GrantForm
from chat.models import Budget, BudgetRequest
from chat.views.access import logged_in, staff_only
from chat.views.address import number_in
from chat.views.answers import SeeOther, UserRequest
from chat.views.listing import listing
from chat.views.waiting import waiting

SHOWN = 50  # of those that were decided


@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def budget_requests(request: UserRequest) -> HttpResponse:
    """GET: a form, and what was asked; for staff what waits, behind the number `after`. POST: ask."""
    standings = usage.standings(request.user)
    if request.method != "POST":
        chosen = number_in(request, "budget")
        ask = AskForm(None, standings, initial={"budget": chosen} if chosen else {})
        return _page(request, ask=ask, after=number_in(request, "after") or 0)
    form = AskForm(request.POST, standings)
    if not form.is_valid():
        return _page(request, ask=form, status=422)
    budget = get_object_or_404(Budget, pk=form.cleaned_data["budget"])
    try:
        with transaction.atomic():
            notices.request_made(usage.ask(request.user, budget, reason=form.cleaned_data["reason"]))
    except usage.NotAsked as refusal:
        return _page(request, ask=form, notice=refusal.sentence, status=429 if refusal.too_often else 409)
    return SeeOther(reverse("budget-requests"))


@require_POST
@staff_only
def grant(request: UserRequest, request_id: int) -> HttpResponse:
    asked = _open_to_staff(request_id)
    form = GrantForm(request.POST, asked.budget, prefix=f"grant-{asked.pk}")
    if not form.is_valid():
        return _page(request, grant=(asked.pk, form), status=422)
    try:
        with transaction.atomic():
            usage.grant(
                asked,
                by=request.user,
                amount=form.amount(),
                permanent=form.cleaned_data["lasting"] == "permanent",
                answer=form.cleaned_data["answer"],
            )
            notices.request_decided(asked)
    except usage.OwnRequest as reason:
        return _page(request, notice=reason.sentence, status=403)
    except usage.DecidedAlready as reason:
        return _page(request, notice=reason.sentence, status=409)
    return SeeOther(reverse("budget-requests"))


@require_POST
@staff_only
def decline(request: UserRequest, request_id: int) -> HttpResponse:
    asked = _open_to_staff(request_id)
    form = DeclineForm(request.POST, prefix=f"decline-{asked.pk}")
    if not form.is_valid():
        return _page(request, decline=(asked.pk, form), status=422)
    try:
        with transaction.atomic():
            usage.decline(asked, by=request.user, answer=form.cleaned_data["answer"])
            notices.request_decided(asked)
    except usage.DecidedAlready as reason:
        return _page(request, notice=reason.sentence, status=409)
    return SeeOther(reverse("budget-requests"))


def _open_to_staff(request_id: int) -> BudgetRequest:
    return get_object_or_404(BudgetRequest.objects.select_related("budget", "user"), pk=request_id)


def _page(
    request: UserRequest,
    *,
    ask: AskForm | None = None,
    grant: tuple[int, GrantForm] | None = None,
    decline: tuple[int, DeclineForm] | None = None,
    notice: str = "",
    after: int = 0,
    status: int = 200,
) -> HttpResponse:
    """With the forms that were refused, each where it was filled in."""
    asked = BudgetRequest.objects.select_related("budget__group", "budget__user", "user")
    standings = usage.standings(request.user)
    context = {
        "conversations": listing(request.user),
        "standings": standings,
        "ask": ask or AskForm(None, standings),
        "mine": asked.filter(user=request.user).order_by("-pk")[:SHOWN],
        "waiting": waiting(request.user, after=after, grant=grant, decline=decline)
        if request.user.is_staff
        else None,
        "starts_later": bool(after or grant or decline),
        "decided": asked.filter(decided_at__isnull=False).order_by("-decided_at")[:SHOWN]
        if request.user.is_staff
        else (),
        "notice": notice,
    }
    return render(request, "budget_requests/page.html", context, status=status)
