"""Files that are made while they are sent, and what ends them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import AsyncClient

from chat.models import Action, AuditEntry, Conversation, User
from chat.views import downloads
from tests.said import asked

pytestmark = pytest.mark.django_db(transaction=True)

PATHS = ["/account/export/", "/conversations/export.json"]


async def logged_in(user: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


async def body_of(client: AsyncClient, path: str) -> AsyncIterator[bytes]:
    answer: Any = await client.get(path)
    assert answer.status_code == 200
    return answer.streaming_content


@pytest.mark.parametrize("path", PATHS)
def test_one_person_fetches_two_at_once(alice: User, charlie: User, path: str) -> None:
    asked(Conversation.objects.create(owner=alice, title="Hers"), "Her question")

    async def fetch() -> None:
        client = await logged_in(alice)
        under_way = [await body_of(client, path) for _ in range(2)]
        for body in under_way:
            await anext(body)
        refused = await client.get(path)
        assert refused.status_code == 429
        assert "Wait until they are here" in refused.content.decode()
        assert [piece async for piece in await body_of(await logged_in(charlie), path)]
        for body in under_way:
            assert [piece async for piece in body]
        assert [piece async for piece in await body_of(client, path)]

    asyncio.run(fetch())
    assert AuditEntry.objects.filter(action=Action.EXPORTED, actor=alice).count() == 3


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("ended", ["logged out", "deactivated"])
def test_it_ends_with_the_session(
    alice: User, path: str, ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "LOOK", 0.0)
    for number in range(50):
        asked(Conversation.objects.create(owner=alice, title="Hers"), f"Question {number}" + "x" * 100_000)

    async def fetch(*, end: bool) -> int:
        client = await logged_in(alice)
        body = await body_of(client, path)
        length = len(await anext(body))
        if end and ended == "logged out":
            await Session.objects.all().adelete()
        elif end:
            await User.objects.filter(pk=alice.pk).aupdate(is_active=False)
        return length + sum([len(piece) async for piece in body])

    whole = asyncio.run(fetch(end=False))
    assert asyncio.run(fetch(end=True)) < whole / 2
