"""Single sign-on in a real browser, against a real provider."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.accounts.provider import Provider
from tests.flows.conftest import KEY
from tests.site import Site
from tests.upstream import Upstream


@pytest.fixture
def provider() -> Iterator[Provider]:
    started = Provider()
    yield started
    started.stop()


@pytest.fixture
def site(start_site: Callable[..., Site], upstream: Upstream, provider: Provider) -> Site:
    site = start_site(
        MODEL_API_BASE=upstream.url,
        MODEL_API_KEY=KEY,
        SIGNUP="open",
        OIDC_NAME="Example",
        **provider.environment,
    )
    site.set_up().close()
    return site


@pytest.fixture(params=["with scripts", "without scripts"])
def page(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Page]:
    """Not `tab`: the provider's page asks another host for its looks, and does not get them."""
    context = browser.new_context(java_script_enabled=request.param == "with scripts")
    context.route(lambda url: not url.startswith("http://127.0.0.1:"), lambda route: route.abort())
    wrong: list[str] = []
    context.on("console", lambda message: note(message, wrong, site))
    yield context.new_page()
    context.close()
    assert not wrong, "\n".join(wrong)


def note(message: ConsoleMessage, wrong: list[str], site: Site) -> None:
    if message.type == "error" and message.location["url"].startswith(site.url):
        wrong.append(message.text)


def test_somebody_signs_in_with_it(page: Page, site: Site, provider: Provider) -> None:
    provider.knows("dora-1", email="dora@example.org", email_verified=True, preferred_username="dora")
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_role("button", name="Sign in with Example").click()
    page.wait_for_url(f"{provider.url}/**")
    page.get_by_placeholder("sub").fill("dora-1")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{site.url}/**")
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    expect(page.get_by_text("dora").first).to_be_visible()
