"""One's own API keys: making one, which is shown once, all of them, enabling, disabling, deleting."""

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from chat.accounts.trail import record
from chat.forms import ApiKeyForm
from chat.models import Action, ApiKey, one_at_a_time
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest
from chat.views.api_keys_page import page
from chat.views.own import own_api_key


@cache_control(no_store=True)  # so that going back does not show a key again
@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def api_keys(request: UserRequest) -> HttpResponse:
    """GET: one's keys and the code examples. POST: a new key, which the answer alone shows."""
    if request.method != "POST":
        return page(request, ApiKeyForm(request.user))
    form = ApiKeyForm(request.user, request.POST)
    issued = _issued(request, form)
    if issued is None:
        return page(request, form, status=409 if form.was_sent_before else 422)
    made, secret = issued
    return page(request, ApiKeyForm(request.user), made=made, secret=secret, status=201)


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
            record(request, Action.KEY_DELETED, detail=found.prefix)
    return SeeOther(reverse("api-keys"))


def _issued(request: UserRequest, form: ApiKeyForm) -> tuple[ApiKey, str] | None:
    """Checked and made in one piece, so that forms sent at once make no key too many."""
    with transaction.atomic():
        one_at_a_time(f"API keys of user {request.user.pk}")
        if not form.is_valid():
            return None
        made, secret = ApiKey.objects.issue(request.user, **form.wanted)
        record(request, Action.KEY_CREATED, detail=made.prefix)
        return made, secret


def _switch(request: UserRequest, key_id: int, *, enabled: bool) -> HttpResponse:
    found = own_api_key(request, key_id)
    with transaction.atomic():
        if found.enable(enabled):
            now = "enabled" if enabled else "disabled"
            record(request, Action.KEY_CHANGED, detail=f"{found.prefix} {now}")
    return SeeOther(f"{reverse('api-keys')}#key-{found.pk}")
