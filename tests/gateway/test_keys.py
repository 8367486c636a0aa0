"""Who asks is said by the key, and by nothing else; one that is revoked ends what it has open."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.test import AsyncClient, Client
from django.utils import timezone

from chat import gateway
from chat.gateway import Exchange, KeyRefused
from chat.models import ApiKey, Call, User
from tests.gateway.asking import HELLO, PATH, Script
from tests.running import Running
from tests.upstream import Answer, Gate, Upstream

CHANGES = {
    "disabled": lambda key: key.enable(False),
    "blocked": lambda key: ApiKey.objects.filter(pk=key.pk).update(blocked=True),
    "expired": lambda key: ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1)),
    "deleted": lambda key: key.delete(),
    "its user deactivated": lambda key: User.objects.update(is_active=False),
    "its user deleted": lambda key: key.user.delete(),
}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer no-such-key", "Bearer " + "k" * 999]
)
def test_without_a_key_nothing_is_answered(script: Script, upstream: Upstream, header: str) -> None:
    for answer in (
        script.post("{}", Authorization=header),
        script.request("get", "/v1/models", Authorization=header),
        script.request("get", "/v1/models/mistralai/mistral-tiny", Authorization=header),
    ):
        assert answer.status == 401
        assert answer.error["code"] == "invalid_api_key"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert upstream.records == []
    assert Call.objects.count() == 0


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_key_that_is_revoked_opens_nothing(script: Script, upstream: Upstream, change: Any) -> None:
    change(script.key)
    assert script.ask().status == 401
    assert script.get("/v1/models").status == 401
    assert upstream.records == []


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_key_that_is_revoked_ends_what_it_has_open(script: Script, upstream: Upstream, change: Any) -> None:
    gate = Gate(at=2)
    upstream.play(Answer("One two three", gates=(gate,)))

    async def ask() -> KeyRefused:
        exchange = begin(script)
        await exchange.take()
        await asyncio.to_thread(change, script.key)
        with pytest.raises(KeyRefused) as refused:
            while await exchange.take():
                pass
        return refused.value

    assert "opens nothing any more" in script.running.run(ask()).message
    assert upstream.record().closed.wait(5)
    call = Call.objects.get()
    assert (call.status, call.error, call.usage_source) == ("stopped", "key_revoked", "estimate")


def test_an_administrator_stops_what_is_under_way(script: Script, upstream: Upstream) -> None:
    upstream.play(Answer("One two three", gates=(Gate(at=2),)))

    async def ask() -> gateway.Refusal:
        exchange = begin(script)
        await exchange.take()
        assert await asyncio.to_thread(Call.objects.all().request_stop) == 1
        with pytest.raises(gateway.Refusal) as refused:
            while await exchange.take():
                pass
        return refused.value

    assert "An administrator stopped" in script.running.run(ask()).message
    assert (Call.objects.get().status, Call.objects.get().error) == ("stopped", "stopped_by_staff")


def begin(script: Script) -> Exchange:
    """In the event loop of the process."""
    asked = gateway.read(
        b'{"model": "mistralai/mistral-tiny", "messages": [{"role": "user", "content": "Hi"}]}'
    )
    return gateway.current().begin(script.key, asked)


def test_being_logged_in_opens_nothing(process: Running, alices: Client, upstream: Upstream) -> None:
    async def ask() -> list[int]:
        browser = AsyncClient()
        browser.cookies = alices.cookies
        posted = await browser.post(PATH, HELLO, content_type="application/json")
        return [posted.status_code, (await browser.get("/v1/models")).status_code]

    assert alices.get("/usage/").status_code == 200
    assert process.run(ask()) == [401, 401]
    assert upstream.records == []


def test_no_other_site_may_read_an_answer(script: Script) -> None:
    headers = {"Authorization": f"Bearer {script.secret}", "Origin": "https://evil.example"}
    for answer in (
        script.request("options", PATH, **headers),
        script.request("get", "/v1/models", **headers),
        script.request("get", "/v1/openapi.json", Origin="https://evil.example"),
    ):
        assert not [name for name, _ in answer.response.items() if name.lower().startswith("access-control")]
        assert not answer.response.cookies


def test_a_key_is_told_when_it_was_used(script: Script) -> None:
    assert script.get("/v1/models").status == 200
    script.key.refresh_from_db()
    assert script.key.last_used_at is not None


def test_neither_keys_nor_prompts_are_logged(
    script: Script, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for text in ("!status 500 my-secret-text", "!error 1 my-secret-text", "!html my-secret-text"):
        script.ask(messages=[{"role": "user", "content": text}], temperature=0.5)
    script.ask(messages=[{"role": "my-secret-text", "content": script.secret}])
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("chat"))
    assert "in_stream_error" in ours
    assert "my-secret-text" not in ours
    assert script.secret not in caplog.text
