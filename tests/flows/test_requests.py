"""Refused, asked for more, granted, sent: by two people in two browsers, with a script and without one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import tab
from tests.flows.chat import Chat, carry_session
from tests.password import PASSWORD
from tests.site import Site, ask, wait_for
from tests.upstream import Answer, Upstream

DRAFT = "A question that took long to write, with <b>marks</b>."
REASON = "The handbook has 200 more pages."
BUDGET = ("setbudget", "--user", "alice", "--period", "month", "--requests")


@dataclass(frozen=True)
class Cast:
    """Alice in a chat, and bob, who is an administrator."""

    alice: Chat
    bob: Page


@pytest.fixture(scope="module")
def bob_client(site: Site) -> Iterator[httpx.Client]:
    script = "from chat.models import User; User.objects.create_superuser"
    site.manage("shell", "-c", f"{script}('bob', 'bob@example.org', '{PASSWORD}')")
    client = site.log_in("bob")
    yield client
    client.close()


@pytest.fixture(params=["with a script", "without a script"])
def cast(
    request: pytest.FixtureRequest,
    browser: Browser,
    site: Site,
    alice_client: httpx.Client,
    bob_client: httpx.Client,
    upstream: Upstream,
) -> Iterator[Cast]:
    """Alice has one request left of her budget, and makes it."""
    asked = alice_client.get("/usage/all.csv").text.count("\n") - 1
    site.manage(*BUDGET, str(asked + 1))
    ask(alice_client, "Hello")
    wait_for(lambda: "Nothing left" in alice_client.get("/usage/").text, "the answer")
    scripted = request.param == "with a script"
    with (
        tab(browser, java_script_enabled=scripted) as hers,
        tab(browser, java_script_enabled=scripted) as his,
    ):
        carry_session(alice_client, hers.context, site)
        carry_session(bob_client, his.context, site)
        yield Cast(Chat(hers, site.url).open("/conversations/"), his)
    site.manage(*BUDGET, "0", "--remove")


def ask_for_more(cast: Cast) -> Page:
    """From the refusal of a message, in a tab beside it: the page that says that it waits."""
    cast.alice.ask(DRAFT)
    link = cast.alice.notice.get_by_role("link", name="Ask for more")
    expect(link).to_be_visible()
    page = cast.alice.page.context.new_page()
    page.goto(cast.alice.url + str(link.get_attribute("href")))
    expect(page.get_by_role("radio", name="Your budget for this month")).to_be_checked()
    page.get_by_role("textbox", name="What do you need it for?").fill(REASON)
    page.get_by_role("button", name="Ask for more").click()
    expect(page.get_by_role("region", name="What you asked for")).to_contain_text(REASON)
    return page


def answering(cast: Cast) -> Page:
    cast.bob.goto(f"{cast.alice.url}/usage/requests/")
    return cast.bob


def test_what_was_granted_lets_the_kept_draft_through(cast: Cast, upstream: Upstream) -> None:
    upstream.play(Answer("Here it is."))
    hers = ask_for_more(cast)

    his = answering(cast)
    waiting = his.get_by_role("region", name="Waiting for an answer").get_by_role("listitem")
    expect(waiting).to_contain_text(re.compile("alice asks for more of a budget: [0-9]+ requests? a "))
    expect(waiting).to_contain_text(REASON)
    form = waiting.get_by_role("form", name="Grant")
    form.get_by_role("textbox", name="How many requests more?").fill("1")
    form.get_by_role("textbox", name="A word to them (if you like)").fill("Go on")
    form.get_by_role("button", name="Grant").click()
    expect(his.get_by_text("Nobody is waiting.")).to_be_visible()

    hers.reload()
    told = hers.get_by_role("region", name="What you asked for").get_by_role("listitem").first
    expect(told).to_contain_text("granted")
    expect(told).to_contain_text("1 request more until the end of that month.")
    expect(told).to_contain_text("Go on")

    expect(cast.alice.box).to_have_value(DRAFT)
    cast.alice.send.click()
    cast.alice.expect_answer("Here it is.")
    assert len(upstream.records) == 2


def test_what_was_declined_is_told_with_its_word_and_the_draft_stays(cast: Cast, upstream: Upstream) -> None:
    hers = ask_for_more(cast)

    his = answering(cast)
    form = his.get_by_role("form", name="Decline")
    form.get_by_role("button", name="Decline").click()
    form.get_by_role("textbox", name="Why not, in a word to them").fill("It begins anew on the first")
    form.get_by_role("button", name="Decline").click()
    expect(his.get_by_text("Nobody is waiting.")).to_be_visible()

    hers.reload()
    told = hers.get_by_role("region", name="What you asked for").get_by_role("listitem").first
    expect(told).to_contain_text("declined")
    expect(told).to_contain_text("It begins anew on the first")
    expect(cast.alice.box).to_have_value(DRAFT)
    cast.alice.send.click()
    expect(cast.alice.notice).to_contain_text("is used up")
    expect(cast.alice.box).to_have_value(DRAFT)
    assert len(upstream.records) == 1
