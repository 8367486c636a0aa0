"""One's own API keys: making one, which is shown once, all of them, enabling, disabling, deleting."""

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from chat import usage
from chat.accounts.trail import record
from chat.examples import Example, first_requests
from chat.forms import ApiKeyForm
from chat.models import Action, ApiKey, one_at_a_time
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest, lands_in
from chat.views.listing import listing
from chat.views.own import own_api_key

PLACEHOLDER = "YOUR_API_KEY"


@cache_control(no_store=True)  # so that going back does not show a key again
@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def api_keys(request: UserRequest) -> HttpResponse:
    """GET: one's keys and the code examples. POST: a new key, which the answer alone shows."""
    if request.method != "POST":
        return _page(request, ApiKeyForm(request.user))
    form = ApiKeyForm(request.user, request.POST)
    issued = _issued(request, form)
    if issued is None:
        return _page(request, form, status=409 if form.was_sent_before else 422)
    made, secret = issued
    return _page(request, ApiKeyForm(request.user), made=made, secret=secret, status=201)


@require_POST
@logged_in
def enable(request: UserRequest, key_id: int) -> HttpResponse:
    return _switch(request, key_id, enabled=True)


@require_POST
@logged_in
def disable(request: UserRequest, key_id: int) -> HttpResponse:
    return _switch(request, key_id, enabled=False)


@require_POST
@logged_in
def delete(request: UserRequest, key_id: int) -> HttpResponse:
    found = own_api_key(request, key_id)
    with transaction.atomic():
        if found.delete()[0]:
            record(request, Action.KEY_DELETED, detail=found.shown_as)
    return SeeOther(reverse("api-keys"))


def _issued(request: UserRequest, form: ApiKeyForm) -> tuple[ApiKey, str] | None:
    """Checked and made in one piece, so that forms sent at once make no key too many."""
    with transaction.atomic():
        one_at_a_time(f"API keys of user {request.user.pk}")
        if not form.is_valid():
            return None
        made, secret = ApiKey.objects.issue(request.user, **form.wanted)
        record(request, Action.KEY_CREATED, detail=made.shown_as)
        return made, secret


def _switch(request: UserRequest, key_id: int, *, enabled: bool) -> HttpResponse:
    found = own_api_key(request, key_id)
    with transaction.atomic():
        if found.enable(enabled):
            now = "enabled" if enabled else "disabled"
            record(request, Action.KEY_CHANGED, detail=f"{found.shown_as} {now}")
    return SeeOther(f"{reverse('api-keys')}#key-{found.pk}")


def _page(
    request: UserRequest,
    form: ApiKeyForm,
    *,
    made: ApiKey | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    """For htmx what changes of the page, which is the better place for a key: its address shows none."""
    context = {
        "form": form,
        "keys": _with_usage(request),
        "made": made,
        "secret": secret,
        "base_url": f"{settings.SITE_URL}/v1",
        "models": settings.MODELS,
        "examples": _examples(secret or PLACEHOLDER),
        "chosen": "curl",
    }
    if request.htmx:
        answer = render(request, "api_keys/_changing.html", context, status=status)
        return lands_in("#api-keys", answer)
    return render(
        request, "api_keys/page.html", {"conversations": listing(request.user), **context}, status=status
    )


def _with_usage(request: UserRequest) -> list[ApiKey]:
    """Each key with what it used this month, None for nothing."""
    only = usage.Only(user=request.user.pk)
    used = {row.value: row for row in usage.usage_by("key", usage.Span.this_month(), only)}
    keys = list(ApiKey.objects.visible_to(request.user).for_list())
    for key in keys:
        key.used = used.get(key.pk)  # type: ignore[attr-defined]
    return keys


def _examples(key: str) -> tuple[Example, ...]:
    body = {"model": settings.MODEL_ID, "messages": [{"role": "user", "content": "Hello"}]}
    return first_requests(body, base_url=f"{settings.SITE_URL}/v1", key=key)
