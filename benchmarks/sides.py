"""The two sides of the comparison: how each is asked, and how the end of its answer is known."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

import aiohttp

from benchmarks.processes import Process

CSRF = "c" * 32  # the cookie and the form say the same; that is all that is asked


class Side(Protocol):
    name: str
    worker: Process
    ending: bytes

    def ask(
        self, http: aiohttp.ClientSession, text: str, number: int
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Have the upstream say `text`; the response is the stream of its answer."""


@dataclass
class Control:
    worker: Process
    url: str
    name: str = "control"
    ending: bytes = b"data: [DONE]\n\n"

    @asynccontextmanager
    async def ask(
        self, http: aiohttp.ClientSession, text: str, number: int
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        messages = [{"role": "user", "content": f"!echo {text}"}]
        body = {"model": "any", "stream": True, "messages": messages}
        async with http.post(f"{self.url}/chat", json=body) as response:
            yield response


@dataclass
class Parley:
    """A new conversation by its form, as htmx sends it, then the event stream that the fragment opens."""

    worker: Process
    url: str
    sessions: Sequence[str]
    name: str = "Parley"
    ending: bytes = b"event: end\ndata: end\n\n"

    @asynccontextmanager
    async def ask(
        self, http: aiohttp.ClientSession, text: str, number: int
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        session = self.sessions[number % len(self.sessions)]
        browser = {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "Accept-Encoding": "gzip"}
        form = {"csrfmiddlewaretoken": CSRF, "send_id": str(uuid4()), "text": f"!echo {text}"}
        async with http.post(
            f"{self.url}/conversations/", data=form, headers={**browser, "HX-Request": "true"}
        ) as sent:
            sent.raise_for_status()
            path = re.search(r"/replies/\d+/events/", await sent.text())[0]
        async with http.get(self.url + path, headers=browser) as response:
            yield response


@dataclass
class Api:
    """Parley's own API, as a script with a key asks it."""

    worker: Process
    url: str
    secret: str
    name: str = "API"
    ending: bytes = b"data: [DONE]\n\n"

    @asynccontextmanager
    async def ask(
        self, http: aiohttp.ClientSession, text: str, number: int
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        messages = [{"role": "user", "content": f"!echo {text}"}]
        body = {"model": "mistralai/mistral-tiny", "stream": True, "messages": messages}
        headers = {"Authorization": f"Bearer {self.secret}"}
        async with http.post(f"{self.url}/v1/chat/completions", json=body, headers=headers) as response:
            yield response
