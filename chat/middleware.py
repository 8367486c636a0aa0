"""What stands around every view: headers that each answer carries, and the answer of a database that is away."""

import logging
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware

from chat.models import DATABASE_AWAY
from chat.views.answers import draft_of, notice

log = logging.getLogger(__name__)

AWAY = "Parley's database does not answer at the moment. Your text is kept: please send it again in a while."

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


def _add_to_every_answer(
    get_response: GetResponse, add: Callable[[HttpRequest, HttpResponseBase], None]
) -> GetResponse:
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            response: HttpResponseBase = await get_response(request)
            add(request, response)
            return response

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        add(request, response)  # type: ignore[arg-type]
        return response  # type: ignore[return-value]

    return answer


@sync_and_async_middleware
def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Nothing but our own files, and no inline script or style (SECURITY.md names the trust model)."""
    return _add_to_every_answer(
        get_response, lambda _, response: response.headers.setdefault("Content-Security-Policy", POLICY)
    )


class PagesCompressed(GZipMiddleware):
    """With padding of random length, against BREACH; only what is sent as a whole.

    Django makes a gzip file of each block of an asynchronous stream, and browsers read no more than the first one.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if response.streaming else super().process_response(request, response)


@sync_and_async_middleware
def vary_on_htmx(get_response: GetResponse) -> GetResponse:
    """A page and its fragment share an address; caches must not mix them up."""
    return _add_to_every_answer(
        get_response, lambda _, response: patch_vary_headers(response, ["HX-Request"])
    )


@sync_and_async_middleware
def page_for_wrong_method(get_response: GetResponse) -> GetResponse:
    """Whoever opens the address of a form in a browser gets a page that says what it is, not an empty one."""

    def fill(request: HttpRequest, response: HttpResponseBase) -> None:
        if isinstance(response, HttpResponseNotAllowed) and "text/html" in request.headers.get("Accept", ""):
            response.content = render_to_string("405.html", {"draft": draft_of(request)}, request)

    return _add_to_every_answer(get_response, fill)


@sync_and_async_middleware
def database_away(get_response: GetResponse) -> GetResponse:
    """A database that does not answer is a clear 503: nothing was changed, and the draft stays."""

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DATABASE_AWAY):
            return None
        log.error("The database did not answer %s", request.path, exc_info=exception)
        connection.close()
        if request.headers.get("HX-Request"):
            return notice(request, AWAY, status=503)
        return render(request, "503.html", {"words": AWAY, "draft": draft_of(request)}, status=503)

    answer = _add_to_every_answer(get_response, lambda *_: None)
    answer.process_exception = process_exception  # type: ignore[attr-defined]
    return answer
