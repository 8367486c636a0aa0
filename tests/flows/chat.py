"""The chat page as a person uses it: everything is found by the name that a screen reader hears."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.cast import PASSWORD
from tests.site import Site

CONVERSATION = re.compile(r"/conversations/\d+/$")


class Chat:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.box = page.get_by_role("textbox", name="Message")
        self.send = self.button("Send")
        self.stop = self.button("Stop")
        self.list = page.get_by_role("navigation", name="Conversations")
        self.log = page.get_by_role("log", name="Messages")
        self.questions = self.log.get_by_role("article", name="You")
        self.answers = self.log.get_by_role("article", name="Assistant")
        self.notice = page.locator("#composer-notice")

    @property
    def answer(self) -> Locator:
        """The newest reply."""
        return self.answers.last

    @property
    def prose(self) -> Locator:
        """What the newest reply says, without its foot."""
        return self.answer.locator(".prose")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def open(self, path: str) -> Chat:
        self.page.goto(self.url + path)
        return self

    def ask(self, text: str) -> Chat:
        self.box.fill(text)
        self.send.click()
        return self

    def expect_writing(self, text: str) -> None:
        """This much is shown, and the reply goes on."""
        expect(self.prose).to_have_text(text)
        expect(self.answer).to_have_attribute("aria-busy", "true")

    def expect_answer(self, text: str) -> None:
        """This and no more is shown, and its reply is over; the one before was the last until it came."""
        expect(self.prose).to_have_text(text)
        expect(self.answer).to_have_attribute("aria-busy", "false")
        expect(self.prose).to_have_text(text)


def carry_session(client: httpx.Client, context: BrowserContext, site: Site) -> None:
    """Let the browser be who the client is."""
    context.add_cookies(
        [{"name": name, "value": value, "url": site.url} for name, value in client.cookies.items()]
    )


def height_of(chat: Chat, text: str) -> float:
    """Where on the screen the line of the newest reply with this text is, in pixels from the top."""
    box = chat.answer.get_by_text(text, exact=True).bounding_box()
    assert box
    return box["y"]


def path_of(chat: Chat) -> str:
    return chat.page.url.removeprefix(chat.url)


def log_in(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_label("Username").or_(page.get_by_label("Login")).fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
