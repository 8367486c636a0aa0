"""Trying the API on its page: the request of the examples goes through the gateway with a key of one's own."""

from http import HTTPStatus

import orjson
from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from chat import gateway
from chat.examples import json_literal
from chat.forms import ApiKeyForm, TryForm, first_error
from chat.models import ApiKey
from chat.views import v1
from chat.views.access import logged_in
from chat.views.answers import UserRequest, notice
from chat.views.api_keys_page import Tried, first_body, keys_with_usage, page

HIDDEN = {"cache-control"}


@cache_control(no_store=True)
@require_POST
@logged_in
async def try_it(request: UserRequest) -> HttpResponse:
    """The answer that a program with this key would get, whatever it says; it counts as the program's would."""
    form = TryForm(request.user, request.POST)
    if not await sync_to_async(_usable)(form):
        return await sync_to_async(_refuse)(request, form)
    tried = await _answer(form.cleaned_data["key"], form.cleaned_data["text"])
    return await sync_to_async(_show)(request, form, tried)


async def _answer(key: ApiKey, text: str) -> Tried:
    try:
        answer = await v1.whole_answer(key, gateway.read(orjson.dumps(first_body(text))))
    except gateway.Refusal as refusal:
        answer = v1.refuse(refusal)
    return Tried(
        status=f"{answer.status_code} {HTTPStatus(answer.status_code).phrase}",
        succeeded=answer.status_code == HTTPStatus.OK,
        headers=tuple((name, value) for name, value in answer.items() if name.lower() not in HIDDEN),
        body=json_literal(orjson.loads(answer.content)),
    )


def _usable(form: TryForm) -> bool:
    """Whether the form is valid; its key then counts as used."""
    if not form.is_valid():
        return False
    form.cleaned_data["key"].touch()
    return True


def _refuse(request: UserRequest, form: TryForm) -> HttpResponse:
    if request.htmx:
        return notice(request, first_error(form), status=422, place="#tried")
    return page(request, ApiKeyForm(request.user), trying=form, status=422)


def _show(request: UserRequest, form: TryForm, tried: Tried) -> HttpResponse:
    if request.htmx:
        used = form.cleaned_data["key"].pk
        key = next((key for key in keys_with_usage(request.user) if key.pk == used), None)
        return render(request, "api_keys/_answered.html", {"tried": tried, "key": key})
    return page(request, ApiKeyForm(request.user), trying=form, tried=tried)
