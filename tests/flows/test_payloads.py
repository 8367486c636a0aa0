"""Hostile text, whole and in every prefix, wherever text is shown, in a real browser: nothing of it happens."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from chat import markdown
from chat.markdown.allowed import sanitised
from tests.flows.chat import Chat
from tests.flows.payloads import ALL, EVIL, HTML
from tests.site import Site, post, wait_for
from tests.upstream import Answer, Upstream

NOTE = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(event.blockedURI + " " + event.violatedDirective);
});
"""
# As a parser of the page would take it: scripts in it are run.
PUT = """
(pieces) => {
  for (const html of pieces) {
    const place = document.body.appendChild(document.createElement("div"));
    place.append(document.createRange().createContextualFragment(html));
  }
}
"""
LINKS = "() => [...document.querySelectorAll('a')].map((link) => link.href)"


@pytest.fixture
def looked_at(page: Page, site: Site) -> Iterator[Page]:
    """An empty page of the site, under its policy; `page` fails on errors and on requests elsewhere."""
    page.add_init_script(NOTE)
    page.goto(f"{site.url}/accounts/login/")
    yield page
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    found: list[str] = page.evaluate("() => window.violations")
    return found


@pytest.mark.parametrize("payload", ALL)
def test_no_prefix_of_it_does_anything(looked_at: Page, payload: str) -> None:
    prefixes = [payload[:length] for length in range(1, len(payload) + 1)]
    whole = [markdown.render(prefix) for prefix in prefixes]
    tails = [markdown.render_tail(prefix) for prefix in prefixes]
    looked_at.evaluate(PUT, [*whole, *tails])
    assert {link.split(":")[0] for link in looked_at.evaluate(LINKS)} <= {"http", "https", "mailto"}


@pytest.mark.parametrize("payload", HTML)
def test_the_last_step_lets_no_prefix_do_anything_by_itself(looked_at: Page, payload: str) -> None:
    """The renderer escapes what the sanitiser would take out: here nothing stands before the sanitiser."""
    looked_at.evaluate(PUT, [sanitised(payload[:length]) for length in range(1, len(payload) + 1)])


@pytest.mark.parametrize("payload", HTML)
def test_unsanitised_it_would_be_noticed(browser: Any, site: Site, payload: str) -> None:
    """Each is truly hostile, and this is how one sees it: without that the test above would show nothing."""
    context = browser.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.add_init_script(NOTE)
    page.goto(f"{site.url}/accounts/login/")
    page.evaluate(PUT, [payload])
    wait_for(lambda: violations(page) or any(url.startswith(EVIL) for url in asked), "the harm")
    context.close()


@pytest.fixture
def visited(chat: Chat) -> Iterator[Chat]:
    chat.page.add_init_script(NOTE)
    yield chat


def test_every_place_that_shows_text_shows_it_as_text(
    visited: Chat, site: Site, alice_client: httpx.Client, upstream: Upstream
) -> None:
    everything = "\n\n".join(ALL)
    conversation = brought_in(alice_client, everything)
    title = ALL[3]
    post(alice_client, f"{conversation}rename/", title=title)
    post(alice_client, "/folders/", name=ALL[0][:80])
    post(alice_client, "/prompts/", name="hostile", text=everything)
    post(alice_client, "/api-keys/", name=ALL[3], send_id=str(uuid4()))
    post(alice_client, f"{conversation}settings/", system=everything)
    share = shared(alice_client, conversation)
    site.manage("setbudget", "--user", "alice", "--period", "month", "--requests", "100000")
    post(alice_client, "/usage/requests/", budget=budget_of(alice_client), reason=everything[:1000])
    for path in (
        *(conversation, f"{conversation}request/", share),
        *("/conversations/", "/search/?q=onerror", "/prompts/", "/shares/", "/api-keys/"),
        *("/usage/", "/usage/all/", "/usage/calls/", "/usage/requests/", "/audit/", "/admin/chat/call/"),
    ):
        visited.page.goto(site.url + path)
        assert violations(visited.page) == [], path
        assert visited.page.title() != "run", path
    visited.page.goto("about:blank")
    visited.page.set_content(alice_client.get(f"{conversation}export.html").text)
    expect(visited.page.get_by_text("elsewhere.example").first).to_be_visible()
    assert visited.page.title() != "run"


def test_while_it_streams(visited: Chat, upstream: Upstream) -> None:
    """The upstream sends a sign or two at a time: the browser is shown whatever stands there at the moment."""
    text = " ".join(ALL)
    upstream.play(Answer(text, delay=0.002))
    visited.open("/conversations/").ask("Go on")
    expect(visited.answer).to_have_attribute("aria-busy", "false", timeout=60_000)
    assert violations(visited.page) == []


def brought_in(client: httpx.Client, text: str) -> str:
    """The address of an imported conversation in which both say `text`."""
    now = "2026-11-25T10:00:00Z"
    reply = {
        "id": 1,
        "state": "failed",
        "finish_reason": ALL[3][:50],
        "model": ALL[3],
        "error": text[:2000],
        "prompt_tokens": None,
        "completion_tokens": None,
        "usage_source": "none",
        "cost_usd": None,
    }
    messages = [
        {"id": 1, "parent": None, "role": "user", "text": text, "created_at": now, "reply": None},
        {"id": 2, "parent": 1, "role": "assistant", "text": text, "created_at": now, "reply": reply},
    ]
    record = {
        "id": 1,
        "title": text[:500],
        "model": "",
        "settings": {},
        "created_at": now,
        "messages": messages,
    }
    token = client.cookies["csrftoken"]
    answer = client.post(
        "/imports/",
        data={"csrfmiddlewaretoken": token},
        files={"file": (f"{ALL[3]}.json", json.dumps(record), "application/json")},
    )
    assert answer.status_code in {200, 303}, answer.text
    wait_for(lambda: "/conversations/" in newest(client), "the import")
    return newest(client)


def newest(client: httpx.Client) -> str:
    """The address of the newest conversation of the list, or of the empty page."""
    page = client.get("/", follow_redirects=True)
    return str(page.url.path) if page.url.path != "/conversations/" else ""


def shared(client: httpx.Client, conversation: str) -> str:
    post(client, f"{conversation}shares/")
    page = client.get("/shares/").text
    return page.split('href="', 1)[1] and "/shared/" + page.split("/shared/", 1)[1].split("/", 1)[0] + "/"


def budget_of(client: httpx.Client) -> str:
    page = client.get("/usage/requests/").text
    return page.split('name="budget" value="', 1)[1].split('"', 1)[0]
