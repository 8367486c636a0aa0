"""Folders in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.flows.chat import CONVERSATION, Chat
from tests.flows.history import add_conversations, delete_everything
from tests.flows.listing import entries, entry, go_to, in_menu, make_folder, open_menu
from tests.site import Site
from tests.upstream import Answer, Upstream


@pytest.fixture(autouse=True)
def empty_list(site: Site) -> None:
    delete_everything(site)


def test_a_folder_by_keyboard_alone(chat: Chat) -> None:
    places = chat.list.get_by_role("button", name="All conversations")
    places.focus()
    chat.page.keyboard.press("Enter")
    for _ in range(3):  # all conversations, the archive, a new folder
        chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Enter")
    chat.page.keyboard.press("Tab")
    expect(chat.page.get_by_role("textbox", name="Name of the folder")).to_be_focused()
    chat.page.keyboard.type("Fjords")
    chat.page.keyboard.press("Enter")

    expect(chat.list.get_by_role("button", name="Fjords")).to_be_visible()
    expect(chat.list).to_contain_text("Nothing is in this folder yet.")


def test_what_begins_in_a_folder_lands_in_it(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Deep."), Answer("Blue."))
    make_folder(chat, "Fjords")

    chat.ask("How deep?").expect_answer("Deep.")
    expect(chat.page).to_have_url(CONVERSATION)
    chat.open("/conversations/").ask("Elsewhere").expect_answer("Blue.")

    go_to(chat, "Fjords")
    expect(entries(chat)).to_have_text(["How deep?"])


def test_a_conversation_is_moved_and_a_folder_renamed_and_deleted(chat: Chat, site: Site) -> None:
    make_folder(chat, "Fjords")
    add_conversations(site, ["Moved"])
    chat.open("/conversations/")
    open_menu(chat, "Moved")
    chat.page.locator("#entry-menu summary", has_text="Move to folder").click()
    in_menu(chat, "Fjords").click()
    expect(chat.page.locator("#entry-menu")).to_be_hidden()

    go_to(chat, "Fjords")
    expect(entries(chat)).to_have_text(["Moved"])
    chat.list.get_by_role("button", name="Fjords").click()
    chat.list.locator("summary", has_text="Rename this folder").click()
    chat.page.get_by_role("textbox", name="New name of the folder").fill("Bays")
    chat.button("Save").click()
    expect(entries(chat)).to_have_text(["Moved"])
    chat.list.get_by_role("button", name="Bays").click()
    chat.button("Delete this folder").click()

    expect(chat.list.get_by_role("button", name="All conversations")).to_be_visible()
    expect(entries(chat)).to_have_text(["Moved"])


def test_everything_in_a_browser_without_a_script(plain: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Deep."))
    make_folder(plain, "Fjords")
    plain.ask("How deep?").expect_answer("Deep.")
    expect(plain.page.locator("meta[http-equiv=refresh]")).to_have_count(0)

    plain.button("Pin").click()
    expect(plain.list.get_by_role("list", name="Pinned").get_by_role("link")).to_have_count(1)
    plain.button("More").click()
    plain.button("Mark as read").click()
    expect(plain.list.get_by_text("(new reply)")).to_have_count(0)
    plain.button("More").click()
    plain.page.locator("#more summary", has_text="Move to folder").click()
    plain.button("Out of its folder").click()
    go_to(plain, "Fjords")
    expect(entries(plain)).to_have_count(0)
    go_to(plain, "All conversations")
    entry(plain, r"How deep\?").click()
    plain.button("Archive").click()
    go_to(plain, "Archive")
    entry(plain, r"How deep\?").click()
    plain.button("Unarchive").click()
    plain.button("Delete").click()
    plain.button("Undo").click()

    plain.expect_answer("Deep.")
    expect(plain.page.get_by_role("button", name="More for")).to_have_count(0)
