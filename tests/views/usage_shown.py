"""What the usage pages and files show, as tests read it."""

import asyncio
import csv
import io
import json
import re
from html import unescape
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from chat.models import User

MARCH = "from=2026-03-01&to=2026-03-31"


def streamed(user: User, address: str) -> bytes:
    """A file as a browser gets it: in blocks, made in the request's own thread."""

    async def fetch() -> bytes:
        browser = AsyncClient()
        await browser.aforce_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answer = await browser.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        blocks = [block async for block in answer.streaming_content]
        await sync_to_async(connections.close_all)()  # the thread keeps its connection, also beyond the tests
        return b"".join(blocks)

    return asyncio.run(fetch())


def lines(user: User, query: str = "from=2026-03-14&to=2026-03-14") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(streamed(user, f"/usage/all.csv?{query}").decode())))


def objects(user: User, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(streamed(user, f"/usage/all.json?{query}"))
    return found


def figure(page: str, name: str) -> str:
    """A total of a page, with or without a link to what is behind it."""
    found = re.search(rf"<dt>{name}</dt><dd>(?:<a [^>]*>)?([^<]*)<", page)
    assert found, name
    return found[1]


def links(page: str) -> list[str]:
    """Where the figures of a page lead."""
    return [unescape(link) for link in re.findall(r'<a href="(/usage/calls/[^"]*)"', page)]


def rows_of(page: str) -> int:
    """How many ledger rows a page of them has."""
    return page.count('<tr>\n  <th scope="row"><time')
