"""The one-time link with which the first visitor becomes the administrator."""

from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chat.accounts.setup_link import is_needed, setup_token
from chat.accounts.trail import record
from chat.forms import SetupForm
from chat.models import Action, one_at_a_time
from chat.views.answers import SeeOther


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    if not is_needed() or not constant_time_compare(token, setup_token()):
        raise Http404("This set-up link is not valid, or it was used already.")
    form = SetupForm(request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            one_at_a_time("first account")
            if not is_needed():
                raise Http404("The first account was created a moment ago.")
            user = form.save()
            record(request, Action.USER_CREATED, subject=user, detail="the first administrator")
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return SeeOther("/")
    return render(request, "setup/form.html", {"form": form}, status=422 if request.POST else 200)
