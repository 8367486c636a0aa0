"""What a person finds and does in the list of conversations."""

import re

from playwright.sync_api import Locator, expect

from tests.flows.chat import Chat


def entry(chat: Chat, title: str) -> Locator:
    return chat.list.get_by_role("link", name=re.compile(rf"^{title}( \(|$)"))


def entries(chat: Chat) -> Locator:
    return chat.list.get_by_role("listitem")


def open_menu(chat: Chat, title: str) -> None:
    entry(chat, title).hover()
    chat.page.get_by_role("button", name=f"More for {title}").click()
    expect(chat.page.locator("#entry-menu")).to_be_visible()


def in_menu(chat: Chat, name: str) -> Locator:
    return chat.page.locator("#entry-menu").get_by_role("button", name=name, exact=True)


def text_of(entries: Locator) -> list[str]:
    return [text.strip() for text in entries.all_inner_texts()]


def make_folder(chat: Chat, name: str) -> None:
    chat.list.get_by_role("button", name="All conversations").click()
    chat.list.locator("summary", has_text="New folder").click()
    chat.page.get_by_role("textbox", name="Name of the folder").fill(name)
    chat.button("Create").click()
    expect(chat.list.get_by_role("button", name=name)).to_be_visible()


def go_to(chat: Chat, place: str) -> None:
    chat.list.locator(".places-button").click()
    chat.page.locator("#places").get_by_role("link", name=place, exact=True).click()
