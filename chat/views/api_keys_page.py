"""The page of API keys: the keys, the form for a new one, the examples, and what a try was answered."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from chat import usage
from chat.examples import first_requests
from chat.forms import ApiKeyForm, TryForm
from chat.models import ApiKey, User
from chat.views.answers import UserRequest, lands_in
from chat.views.listing import listing

PLACEHOLDER = "YOUR_API_KEY"


@dataclass(frozen=True)
class Tried:
    """An answer of the API: `status` such as "200 OK", `body` its JSON on many lines."""

    status: str
    succeeded: bool
    headers: tuple[tuple[str, str], ...]
    body: str


def page(
    request: UserRequest,
    form: ApiKeyForm,
    *,
    made: ApiKey | None = None,
    secret: str = "",
    trying: TryForm | None = None,
    tried: Tried | None = None,
    status: int = 200,
) -> HttpResponse:
    """For htmx what changes of the page, which is the better place for a key: its address shows none."""
    base_url = f"{settings.SITE_URL}/v1"
    context = {
        "form": form,
        "keys": keys_with_usage(request.user),
        "made": made,
        "secret": secret,
        "trying": trying or TryForm(request.user),
        "tried": tried,
        "base_url": base_url,
        "models": settings.MODELS,
        "examples": first_requests(first_body(), base_url=base_url, key=secret or PLACEHOLDER),
        "chosen": "curl",
    }
    if request.htmx:
        answer = render(request, "api_keys/_changing.html", context, status=status)
        return lands_in("#api-keys", answer)
    context["conversations"] = listing(request.user)
    return render(request, "api_keys/page.html", context, status=status)


def first_body(text: str = "Hello") -> dict[str, Any]:
    """The request of the examples, and of a try."""
    return {"model": settings.MODEL_ID, "messages": [{"role": "user", "content": text}]}


def keys_with_usage(user: User) -> list[ApiKey]:
    """Each key with what it used this month, None for nothing."""
    only = usage.Only(user=user.pk)
    used = {row.value: row for row in usage.usage_by("key", usage.Span.this_month(), only)}
    keys = list(ApiKey.objects.visible_to(user).for_list())
    for key in keys:
        key.used = used.get(key.pk)  # type: ignore[attr-defined]
    return keys
