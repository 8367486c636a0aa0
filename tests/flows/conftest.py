"""One site and one scripted upstream a module; every test has an empty journal and a tab of its own."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser import tab
from tests.flows.chat import Chat, carry_session
from tests.site import Site
from tests.upstream import Upstream, running

KEY = "sk-secret-of-the-site"


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with running(Upstream()) as scripted:
        yield scripted


@pytest.fixture(autouse=True)
def empty_journal(upstream: Upstream) -> None:
    upstream.clear()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Site]:
    """A site on which alice, its administrator, is set up."""
    settings = {"MODEL_API_BASE": upstream.url, "MODEL_API_KEY": KEY, "GRACE_SECONDS": "1"}
    settings |= {"RUNNING_REPLIES_A_USER": "100", "OPEN_REPLIES_A_USER": "100"}
    site = Site(tmp_path_factory.mktemp("site"), **settings).migrated().start()
    try:
        site.set_up("alice").close()
        yield site
    finally:
        site.end()


@pytest.fixture(scope="module")
def alice_client(site: Site) -> Iterator[httpx.Client]:
    """Alice without a browser, logged in once for the whole module."""
    client = site.log_in("alice")
    yield client
    client.close()


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A tab of a browser that runs no script."""
    with tab(browser, java_script_enabled=False) as page:
        yield page


@pytest.fixture
def plain(plain_page: Page, site: Site, alice_client: httpx.Client) -> Chat:
    """Alice's tab without scripts, with a new chat in it."""
    carry_session(alice_client, plain_page.context, site)
    return Chat(plain_page, site.url).open("/conversations/")


@pytest.fixture
def chat(page: Page, site: Site, alice_client: httpx.Client) -> Chat:
    """Alice's tab, with a new chat in it."""
    carry_session(alice_client, page.context, site)
    return Chat(page, site.url).open("/conversations/")
