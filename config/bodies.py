"""The cap on request bodies, by their announced length and by count, before anything reads them."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from chat import gateway
from chat.middleware import POLICY
from config.uploads import FORM_BYTES, may_upload

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

API = "/v1/"
SENTENCE = "This is too large to be sent at once. Shorten it and send it again."
MOST_IGNORED = (
    1024**3
)  # bytes of a refused upload that are read to its end: a browser shows no answer before that


async def limit_body(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> Receive | None:
    """A `receive` that gives the whole body of at most as many bytes as may be; None when a 413 was sent instead.

    A body is collected here, except an upload's, which comes as it comes: Django puts it on the disk.
    """
    headers = dict(scope["headers"])
    announced = int(headers[b"content-length"]) if headers.get(b"content-length", b"").isdigit() else 0
    if may_upload(scope, headers):
        if announced <= settings.IMPORT_BYTES + FORM_BYTES:
            return receive
        await _ignore(receive)
        await _refuse(scope, send, _too_large_a_file())
        return None
    most = settings.REQUEST_BYTES
    if announced > most:
        await _refuse(scope, send, SENTENCE)
        return None
    if scope["method"] in {"GET", "HEAD"}:
        return receive
    blocks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        block = message.get("body", b"")
        size += len(block)
        if size > most:
            await _refuse(scope, send, SENTENCE)
            return None
        blocks.append(block)
        more = message.get("more_body", False)
    whole: Message | None = {"type": "http.request", "body": b"".join(blocks), "more_body": False}

    async def receive_whole() -> Message:
        nonlocal whole
        if whole is None:
            return await receive()
        message, whole = whole, None
        return message

    return receive_whole


def _too_large_a_file() -> str:
    most = settings.IMPORT_BYTES // 1024**2
    return f"The file is larger than {most} MB. Of ChatGPT's zip only conversations.json is needed."


async def _ignore(receive: Receive) -> None:
    size, more = 0, True
    while more and size <= MOST_IGNORED:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)


async def _refuse(scope: MutableMapping[str, Any], send: Send, sentence: str) -> None:
    """413: a page, or what htmx puts into the form's notice, so that the draft stays; the API's own shape."""
    kind = b"text/html; charset=utf-8"
    if scope["path"].startswith(API):
        kind, body = b"application/json", gateway.error(gateway.Malformed(sentence, status=413))
    elif b"hx-request" in dict(scope["headers"]):
        body = render_to_string("fragments/_notice.html", {"text": sentence}).encode()
    else:
        body = render_to_string("413.html", {"sentence": sentence}).encode()
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"content-security-policy", POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"vary", b"HX-Request"),
        (b"connection", b"close"),
        (b"hx-retarget", b"#composer-notice"),
        (b"hx-reswap", b"innerHTML"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
