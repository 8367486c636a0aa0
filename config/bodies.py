"""The cap on request bodies, by their announced length and by count, before anything reads them."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.template.loader import render_to_string

from chat.middleware import POLICY

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SENTENCE = "This is too large to be sent at once. Shorten it and send it again."


async def limit_body(
    scope: MutableMapping[str, Any], receive: Receive, send: Send, most: int
) -> Receive | None:
    """A `receive` that gives the whole body of at most `most` bytes; None when a 413 was sent instead."""
    headers = dict(scope["headers"])
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > most:
        await _refuse(send, by_htmx=b"hx-request" in headers)
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
            await _refuse(send, by_htmx=b"hx-request" in headers)
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


async def _refuse(send: Send, *, by_htmx: bool) -> None:
    """413: a page, or what htmx puts into the form's notice, so that the draft stays."""
    if by_htmx:
        body = render_to_string("fragments/_notice.html", {"text": SENTENCE}).encode()
    else:
        body = render_to_string("413.html", {"sentence": SENTENCE}).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
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
