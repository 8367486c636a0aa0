"""A provider of OpenID Connect in a process of its own, and a person who logs in at it."""

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest
from django.http import HttpResponseBase
from django.test import Client

from tests.ports import free_port
from tests.site import wait_for

LOG_IN = "/accounts/oidc/sso/login/"


class Provider:
    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._program = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self._answers, "the provider to answer")

    @property
    def environment(self) -> dict[str, str]:
        return {"OIDC_URL": self.url, "OIDC_CLIENT_ID": "parley", "OIDC_CLIENT_SECRET": "sso-secret"}

    def knows(self, person: str, **claims: object) -> None:
        httpx.put(f"{self.url}/users/{person}", json=claims).raise_for_status()

    def stop(self) -> None:
        self._program.terminate()
        self._program.wait()

    def _answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/.well-known/openid-configuration").status_code == 200
        return False


def leave(client: Client, path: str = LOG_IN) -> str:
    """Press the button; the address at the provider that it leads to."""
    page = client.post(path)
    assert page.status_code == 200, page.content.decode()
    (address,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    return html.unescape(address)


def go(client: Client, person: str, path: str = LOG_IN) -> HttpResponseBase:
    """From the button to the provider, log in there as `person`, and come back."""
    back = httpx.post(leave(client, path), data={"sub": person})
    there = urlsplit(back.headers["location"])
    return client.get(f"{there.path}?{there.query}", follow=True)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    started = Provider()
    yield started
    started.stop()
