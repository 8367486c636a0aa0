"""A real Chromium; a missing one is said in one line, and is a failure with CI=true.

Playwright's event loop runs in the test's own thread, where Django's ORM and asyncio.run() then refuse to work:
the browser ends with its module, and a module that uses it asks a `site`, not the database.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

# The shell is Chromium without its windows, whose making costs more than most of our pages.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PATIENCE = 15_000  # ms, for what a busy machine shows later than an idle one
NETWORK = ("Failed to load resource", "htmx: htmx:error: Failed to fetch", "htmx: htmx:sse:error: ")

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed.")
        pytest.skip("Chromium is not installed: the browser's flows are not tested.")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=ARGUMENTS)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh tab; a message on the console's error channel, or a request elsewhere, fails the test."""
    with tab(browser) as page:
        yield page


@contextmanager
def tab(browser: Browser, **options: Any) -> Iterator[Page]:
    """A tab of a browser of its own, in which nothing happens that no page of ours may do."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)
    wrong: list[str] = []
    watch(context, wrong)
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()
    assert not wrong, "\n".join(wrong)


def watch(context: BrowserContext, wrong: list[str]) -> None:
    """Note in `wrong` what no page of ours may do; what the server or the network did is not its fault."""

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(NETWORK):
            wrong.append(f"console: {message.text}")

    def note_request(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "http://localhost:")):
            wrong.append(f"request: {request.url}")

    context.on("console", note_console)
    context.on("weberror", lambda error: wrong.append(f"script: {error.error}"))
    context.on("request", note_request)
