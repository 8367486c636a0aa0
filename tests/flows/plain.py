"""A browser that runs no script."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser

from tests.browser import watch
from tests.flows.chat import Chat, carry_session
from tests.site import Site


@pytest.fixture
def plain_chat(browser: Browser, site: Site, alice_client: httpx.Client) -> Iterator[Chat]:
    """Alice's tab, with a new chat in it."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    wrong: list[str] = []
    watch(context, wrong)
    carry_session(alice_client, context, site)
    yield Chat(context.new_page(), site.url).open("/conversations/")
    context.close()
    assert not wrong, "\n".join(wrong)
