"""The settings of a conversation, and what a user's new ones begin with."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from chat.forms import SettingsForm, first_error
from chat.models import Chosen
from chat.views.access import logged_in
from chat.views.answers import UserRequest, notice, to_page
from chat.views.listing import listing
from chat.views.own import own_conversation
from chat.views.page import chat_page
from chat.views.stretch import stretch_of


@require_POST
@logged_in
def conversation_settings(request: UserRequest, conversation_id: int) -> HttpResponse:
    """Save them, or go back to what new conversations begin with; also as the defaults, if that was pressed."""
    found = own_conversation(request, conversation_id)
    if "reset" in request.POST:
        found.use(request.user.chosen)
        return to_page(request, found.get_absolute_url())
    form = SettingsForm(request.POST, chosen=found.chosen)
    if form.is_valid():
        found.use(form.chosen())
        if "defaults" in request.POST:
            request.user.use(form.chosen())
        return to_page(request, found.get_absolute_url())
    sentence = first_error(form)
    if request.htmx:
        return _refuse(request, sentence)
    return chat_page(request, found, stretch_of(found), notice=sentence, settings=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def defaults(request: UserRequest) -> HttpResponse:
    """GET: the form. POST: save it, or empty it."""
    begins = Chosen(model=request.user.default_model, settings=request.user.chosen.settings)
    if "reset" in request.POST:
        request.user.use(Chosen())
        return to_page(request, f"{reverse('defaults')}?saved")
    form = SettingsForm(request.POST if request.method == "POST" else None, chosen=begins)
    if form.is_bound and form.is_valid():
        request.user.use(form.chosen())
        return to_page(request, f"{reverse('defaults')}?saved")
    if form.is_bound and request.htmx:
        return _refuse(request, first_error(form))
    context = {
        "conversations": listing(request.user),
        "settings": form,
        "gone": begins.model if begins.is_model_gone else "",
        "saved": "saved" in request.GET and not form.is_bound,
        "notice": first_error(form) if form.is_bound else "",
    }
    return render(request, "settings/defaults.html", context, status=422 if form.is_bound else 200)


def _refuse(request: UserRequest, sentence: str) -> HttpResponse:
    """422 into the notice of the form itself, which stays open as it is."""
    return notice(request, sentence, status=422, place="#settings-notice")
