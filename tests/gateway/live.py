"""A real site with one key, against the scripted upstream, for the tests of a whole module."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.site import Site
from tests.upstream import Upstream, running

ISSUE = (
    "from chat.models import *; alice = User.objects.get(username='{}'); "
    "print('key:', ApiKey.objects.issue(alice, name='script')[1])"
)


@dataclass(frozen=True)
class Live:
    """`base_url` is what clients are told."""

    site: Site
    upstream: Upstream
    secret: str

    @property
    def base_url(self) -> str:
        return f"{self.site.url}/v1"


def key_for(site: Site, username: str) -> str:
    """The secret of a new key."""
    return site.manage("shell", "-c", ISSUE.format(username)).split("key: ")[1].strip()


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with running(Upstream()) as upstream, tempfile.TemporaryDirectory() as data_dir:
        limits = {"API_REQUESTS_A_MINUTE": "100000", "GRACE_SECONDS": "2"}
        site = Site(Path(data_dir), MODEL_API_BASE=upstream.url, MODEL_API_KEY="sk-of-the-site", **limits)
        site.migrated().start()
        site.set_up("alice")
        yield Live(site, upstream, key_for(site, "alice"))
        site.end()
