"""Sites of several workers on each database, against one scripted upstream a test."""

import os
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.flows.conftest import KEY
from tests.postgres import Postgres, is_installed
from tests.site import Site
from tests.upstream import Upstream

_numbers = count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    if not is_installed():
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed.")
        pytest.skip("PostgreSQL is not installed: nothing is tested on it.")
    server = Postgres().start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings that choose a database of the test's own."""
    return chosen(request, request.param)


def chosen(request: pytest.FixtureRequest, vendor: str) -> dict[str, str]:
    """The same for a test that asks for it by name."""
    if vendor == "sqlite":
        return {}
    postgres: Postgres = request.getfixturevalue("postgres")
    return {"DATABASE_URL": postgres.create(f"site-{next(_numbers)}")}


@pytest.fixture
def start(start_site: Callable[..., Site], upstream: Upstream) -> Callable[..., Site]:
    """Start a site of the test's own."""
    limits = {"GRACE_SECONDS": "2", "RUNNING_REPLIES_A_USER": "100", "OPEN_REPLIES_A_USER": "100"}
    return lambda **settings: start_site(
        **{"MODEL_API_BASE": upstream.url, "MODEL_API_KEY": KEY, **limits, **settings}
    )
