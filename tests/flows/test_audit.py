"""The audit trail in the browser: what was done a moment ago, the filters, and nothing for others."""

import csv
import io
import re

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.flows.chat import Chat
from tests.site import Site


def trail(page: Page) -> Locator:
    return page.locator(".trail").get_by_role("listitem")


def open_trail(chat: Chat) -> Page:
    chat.page.get_by_role("button", name="Account menu").click()
    chat.page.get_by_role("link", name="Audit trail").click()
    expect(chat.page.get_by_role("heading", name="Audit trail")).to_be_visible()
    return chat.page


def test_what_was_done_is_there_and_can_be_narrowed(
    chat: Chat, site: Site, alice_client: httpx.Client
) -> None:
    site.manage("setbudget", "--user", "alice", "--period", "month", "--requests", "1000")
    with httpx.Client(base_url=site.url) as guest:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', guest.get("/accounts/login/").text)
        assert token
        wrong = {"login": "alice", "password": "wrong", "csrfmiddlewaretoken": token[1]}
        guest.post("/accounts/login/", data=wrong, headers={"Referer": site.url})

    page = open_trail(chat)
    expect(trail(page).nth(0)).to_contain_text("A guest failed to log in as alice")
    expect(trail(page).nth(0)).to_contain_text("127.0.0.1")
    expect(trail(page).nth(1)).to_contain_text(
        "The command line set a budget of alice: 1,000 requests a month"
    )

    page.get_by_label("What").select_option("budgets")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(trail(page)).to_have_count(1)
    expect(page.get_by_label("What")).to_have_value("budgets")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert [(row["actor"], row["action"], row["subject"]) for row in rows] == [
        ("the command line", "budget_set", "alice")
    ]

    page.get_by_role("link", name="Show all").click()
    expect(trail(page).nth(0)).to_contain_text("alice exported the audit trail")
    trail(page).nth(0).get_by_role("link", name="alice").click()
    expect(page.get_by_label("Who, or about whom")).to_have_value("alice")


def test_a_name_that_nobody_has_is_said_without_a_script(plain: Chat, site: Site) -> None:
    page = plain.page
    page.goto(f"{site.url}/audit/")
    page.get_by_label("Who, or about whom").fill("<b>nobody</b>")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("There is no user “<b>nobody</b>”.")
    expect(page.get_by_label("Who, or about whom")).to_have_value("<b>nobody</b>")
