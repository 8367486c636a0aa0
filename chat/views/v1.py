"""The API for scripts: the addresses of OpenAI's, its answers and its errors, whatever happens."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from functools import partial, wraps
from math import ceil
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from chat import gateway
from chat.gateway import Cut, Exchange, Malformed, Refusal
from chat.llm import Chunk
from chat.models import DATABASE_AWAY, ApiKey

log = logging.getLogger(__name__)

JSON = "application/json"


def api(*methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A view without cookies, and so without CSRF, of which every refusal has OpenAI's shape."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @csrf_exempt
        @wraps(view)
        async def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if methods and request.method not in methods:
                    raise Malformed(f"This address takes {' and '.join(methods)} only.", status=405)
                return await view(request, *args, **kwargs)  # type: ignore[no-any-return]
            except Refusal as refusal:
                return refuse(refusal, {"Allow": ", ".join(methods)} if refusal.status == 405 else {})
            except DATABASE_AWAY as error:
                log.error("The database did not answer %s", request.path, exc_info=error)
                return refuse(gateway.DatabaseAway())
            except Exception:
                log.exception("%s ended by an error of our own", request.path)
                return refuse(gateway.Unexpected())

        return answer

    return decorate


@api("POST")
async def chat_completions(request: HttpRequest) -> HttpResponseBase:
    """The model's answer, streamed or whole. A client that hangs up ends the upstream request."""
    key = await key_of(request)
    if request.content_type != JSON:
        raise Malformed(f"The body is to be JSON, with 'Content-Type: {JSON}'.", status=415)
    asked = gateway.read(request.body)
    if not asked.stream:
        return await whole_answer(key, asked)
    exchange = gateway.current().begin(key, asked)
    try:
        chunks = await exchange.take()
    except asyncio.CancelledError:
        exchange.cut(Cut.HUNG_UP)
        raise
    except Refusal as refusal:
        return refuse(refusal, _headers_of(exchange))
    return StreamingHttpResponse(
        _events(exchange, chunks),
        content_type="text/event-stream; charset=utf-8",
        headers={**_headers_of(exchange), "Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@api("GET", "HEAD")
async def models(request: HttpRequest) -> HttpResponse:
    await key_of(request)
    return _json(gateway.models(), {})


@api("GET", "HEAD")
async def model(request: HttpRequest, model_id: str) -> HttpResponse:
    await key_of(request)
    if model_id not in settings.MODELS:
        raise gateway.ModelNotOffered(model_id[:200])
    return _json(gateway.model(model_id), {})


@api("GET", "HEAD")
async def openapi(request: HttpRequest) -> HttpResponse:
    """For everybody: it says nothing but what the API takes, and which models."""
    return _json(gateway.document(), {})


@api()
async def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    raise Malformed("There is nothing at this address. /v1/openapi.json tells what there is.", status=404)


async def whole_answer(key: ApiKey, asked: gateway.Asked) -> HttpResponse:
    """What was asked, answered at once, or the refusal. Raises Refusal where nothing was begun."""
    exchange = gateway.current().begin(key, asked)
    said = gateway.Said()
    try:
        while chunks := await exchange.take():
            said.add(chunks)
    except asyncio.CancelledError:
        exchange.cut(Cut.HUNG_UP)
        raise
    except Refusal as refusal:
        return refuse(refusal, _headers_of(exchange))
    return _json(gateway.completion(exchange, said), _headers_of(exchange))


async def key_of(request: HttpRequest) -> ApiKey:
    """The key that the request bears; nothing else says who asks. Raises KeyRefused."""
    secret = gateway.secret_in(request.headers.get("Authorization", ""))
    return await gateway.current().in_thread(partial(gateway.key_of, secret))


def refuse(refusal: Refusal, headers: Mapping[str, str] = {}) -> HttpResponse:
    return _json(gateway.error(refusal), {**headers, **refusal.headers}, refusal.status)


async def _events(exchange: Exchange, chunks: list[Chunk]) -> AsyncGenerator[bytes, None]:
    writer = gateway.ChunkWriter(exchange)
    try:
        while chunks:
            yield writer.write(chunks)
            chunks = await exchange.take()
        if exchange.asked.include_usage and exchange.usage is not None:
            yield writer.usage(exchange.usage)
        yield gateway.DONE
    except Refusal as refusal:
        yield b"data: " + gateway.error(refusal) + b"\n\n"
    finally:
        exchange.cut(Cut.HUNG_UP)  # nothing, once it is over


def _headers_of(exchange: Exchange) -> dict[str, str]:
    headers = {"x-request-id": exchange.request_id}
    if (room := exchange.room) is not None:
        headers |= {
            "x-ratelimit-limit-requests": str(room.limit),
            "x-ratelimit-remaining-requests": str(room.remaining),
            "x-ratelimit-reset-requests": f"{ceil(room.resets_in)}s",
        }
    return headers


def _json(body: bytes, headers: Mapping[str, str], status: int = 200) -> HttpResponse:
    headers = {"x-request-id": str(uuid4()), "Cache-Control": "no-store", **headers}
    return HttpResponse(body, status=status, content_type=JSON, headers=headers)
