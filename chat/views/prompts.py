"""The prompt library: list, create, change, delete; and what the composer asks of it."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.forms import PromptForm
from chat.models import SavedPrompt, one_at_a_time
from chat.views.access import logged_in
from chat.views.answers import SeeOther, UserRequest, to_page
from chat.views.listing import listing
from chat.views.own import own_prompt


@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def prompts(request: UserRequest) -> HttpResponse:
    """GET: the library, or for the composer's list (`?choices`) its names alone. POST: a new prompt."""
    form = PromptForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_bound and _saved(request, form):
        return to_page(request, reverse("prompts"))
    saved = SavedPrompt.objects.visible_to(request.user).for_list()
    if "choices" in request.GET:
        return render(request, "prompts/_choices.html", {"prompts": saved})
    context = {"conversations": listing(request.user), "prompts": saved, "form": form}
    return render(request, "prompts/library.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def prompt(request: UserRequest, prompt_id: int) -> HttpResponse:
    """GET: the form. POST: save it."""
    found = own_prompt(request, prompt_id)
    form = PromptForm(request.user, request.POST if request.method == "POST" else None, instance=found)
    if form.is_bound and _saved(request, form):
        return to_page(request, reverse("prompts"))
    context = {"conversations": listing(request.user), "prompt": own_prompt(request, prompt_id), "form": form}
    return render(request, "prompts/prompt.html", context, status=422 if form.is_bound else 200)


@require_safe
@logged_in
def prompt_text(request: UserRequest, prompt_id: int) -> HttpResponse:
    """The text alone, for the composer to put in."""
    return HttpResponse(own_prompt(request, prompt_id).text, content_type="text/plain; charset=utf-8")


@require_POST
@logged_in
def delete(request: UserRequest, prompt_id: int) -> HttpResponse:
    own_prompt(request, prompt_id).delete()
    return SeeOther(reverse("prompts"))


def _saved(request: UserRequest, form: PromptForm) -> bool:
    """Checked and saved in one piece, so that two forms sent at once make no second prompt of one name."""
    with transaction.atomic():
        one_at_a_time(f"prompts of user {request.user.pk}")
        if not form.is_valid():
            return False
        form.save()
        return True
