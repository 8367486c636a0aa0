"""The list of conversations in a real browser: its groups, its end, its menus."""

import pytest
from playwright.sync_api import expect

from tests.flows.chat import Chat
from tests.flows.history import add_conversations, delete_everything
from tests.flows.listing import entries, entry, in_menu, open_menu, text_of
from tests.site import Site
from tests.upstream import Answer, Gate, Upstream


@pytest.fixture(autouse=True)
def empty_list(site: Site) -> None:
    delete_everything(site)


def test_the_list_is_grouped_by_day(chat: Chat, site: Site) -> None:
    for days, title in ((0, "Now"), (1, "The day before"), (5, "Days ago"), (20, "Weeks ago"), (400, "Old")):
        add_conversations(site, [title], days_ago=days)
    chat.page.reload()

    headings = chat.list.get_by_role("heading")

    expect(headings).to_have_count(5)
    assert text_of(headings)[:4] == ["Today", "Yesterday", "Previous 7 days", "Previous 30 days"]
    expect(chat.list.get_by_role("list", name="Yesterday").get_by_role("link")).to_have_text("The day before")


def test_older_conversations_come_as_one_scrolls(chat: Chat, site: Site) -> None:
    add_conversations(site, [f"Number {number}" for number in range(250)], days_ago=400)
    chat.page.reload()
    expect(entries(chat)).to_have_count(100)

    for count in (200, 250):
        chat.list.evaluate("e => e.scrollTop = e.scrollHeight")
        expect(entries(chat)).to_have_count(count)

    assert text_of(entries(chat)) == [f"Number {number}" for number in range(250)]
    expect(chat.list.get_by_role("heading")).to_have_count(1)
    expect(chat.list.get_by_role("link", name="Older conversations")).to_have_count(0)


def test_the_keyboard_alone_comes_to_the_oldest_entry(chat: Chat, site: Site) -> None:
    add_conversations(site, [f"Number {number}" for number in range(150)], days_ago=400)
    chat.page.reload()
    entry(chat, "Number 98").focus()

    chat.page.keyboard.press("Tab")  # its menu
    chat.page.keyboard.press("Tab")
    expect(entries(chat)).to_have_count(150)
    expect(entry(chat, "Number 99")).to_be_focused()
    for _ in range(100):
        chat.page.keyboard.press("Tab")

    expect(entry(chat, "Number 149")).to_be_focused()


def test_a_focused_link_to_older_conversations_gives_way_to_the_next_one(chat: Chat, site: Site) -> None:
    add_conversations(site, [f"Number {number}" for number in range(101)], days_ago=400)
    chat.page.reload()
    older = chat.list.get_by_role("link", name="Older conversations")

    older.focus()

    expect(entry(chat, "Number 100")).to_be_focused()


def test_without_a_script_the_list_goes_on_on_a_page_of_its_own(plain: Chat, site: Site) -> None:
    add_conversations(site, [f"Number {number}" for number in range(101)], days_ago=400)
    plain.page.reload()

    plain.list.get_by_role("link", name="Older conversations").click()
    expect(entries(plain)).to_have_text(["Number 100"])
    plain.list.get_by_role("link", name="Newest conversations").click()

    expect(entries(plain)).to_have_count(100)


def test_an_entry_is_pinned_beside_what_one_writes(chat: Chat, site: Site) -> None:
    add_conversations(site, ["First", "Second"])
    chat.page.reload()
    chat.box.fill("A draft")

    open_menu(chat, "Second")
    in_menu(chat, "Pin").click()

    pinned = chat.list.get_by_role("list", name="Pinned")
    expect(pinned.get_by_role("link")).to_have_text("Second")
    expect(chat.box).to_have_value("A draft")
    expect(chat.page.get_by_role("button", name="More for Second")).to_be_focused()
    open_menu(chat, "Second")
    in_menu(chat, "Unpin").click()
    expect(pinned).to_have_count(0)


def test_an_entry_is_renamed(chat: Chat, site: Site) -> None:
    add_conversations(site, ["Before"])
    chat.page.reload()

    open_menu(chat, "Before")
    chat.page.locator("#entry-menu summary", has_text="Rename").click()
    chat.page.get_by_role("textbox", name="New title").fill("After")
    in_menu(chat, "Save").click()

    expect(entry(chat, "After")).to_be_visible()


@pytest.mark.parametrize(("name", "done"), [("Delete", "was deleted."), ("Archive", "was archived.")])
def test_an_entry_that_is_gone_comes_back_with_undo(chat: Chat, site: Site, name: str, done: str) -> None:
    add_conversations(site, ["Keep me", "Throw me away"])
    chat.page.reload()

    open_menu(chat, "Throw me away")
    in_menu(chat, name).click()
    expect(chat.page.get_by_text(f"“Throw me away” {done}")).to_be_visible()
    expect(entry(chat, "Throw me away")).to_have_count(0)
    expect(chat.button("Undo")).to_be_focused()
    chat.button("Undo").click()

    expect(entry(chat, "Throw me away")).to_be_visible()
    expect(chat.button("Undo")).to_have_count(0)
    expect(chat.page.get_by_role("button", name="More for Throw me away")).to_be_focused()


def test_deleting_another_conversation_leaves_the_one_that_is_shown(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."), Answer("First words, and then the end.", gates=(gate := Gate(at=2),)))
    chat.ask("Throw me away").expect_answer("One.")
    chat.open("/conversations/").ask("Go on")
    chat.expect_writing("First words,")

    open_menu(chat, "Throw me away")
    in_menu(chat, "Delete").click()
    expect(chat.button("Undo")).to_be_visible()
    gate.release()

    chat.expect_answer("First words, and then the end.")
    expect(entry(chat, "Go on")).to_have_attribute("aria-current", "page")


def test_the_shown_conversation_is_deleted_from_the_list(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."))
    chat.ask("Throw me away").expect_answer("One.")

    open_menu(chat, "Throw me away")
    in_menu(chat, "Delete").click()

    expect(chat.page.get_by_role("heading", name="What can I help with?")).to_be_visible()
    chat.button("Undo").click()
    chat.expect_answer("One.")


def test_the_offer_to_undo_goes_away_by_itself(chat: Chat, site: Site) -> None:
    add_conversations(site, ["Throw me away", "Me too"])
    chat.page.reload()
    open_menu(chat, "Throw me away")
    in_menu(chat, "Delete").click()
    undo = chat.button("Undo")
    expect(undo).to_be_visible()

    seconds = undo.evaluate(
        "e => e.closest('.undo').getAnimations().map(a => [a.currentTime, a.effect.getTiming().delay])[0]"
    )

    assert seconds[1] == 10_000
    expect(undo).to_be_hidden(timeout=15_000)


def test_an_entry_that_was_deleted_elsewhere_is_said_to_be_gone(chat: Chat, site: Site) -> None:
    add_conversations(site, ["Gone"])
    chat.page.reload()
    expect(entry(chat, "Gone")).to_be_visible()
    delete_everything(site)

    entry(chat, "Gone").hover()
    chat.page.get_by_role("button", name="More for Gone").click()

    expect(chat.page.locator("#list-notice")).to_contain_text("This is no longer there.")


def test_on_a_phone_an_entry_of_the_drawer_has_its_menu(chat: Chat, site: Site) -> None:
    add_conversations(site, ["Keep me", "Throw me away"])
    chat.page.set_viewport_size({"width": 390, "height": 844})
    chat.page.reload()
    chat.button("Open conversations").click()

    open_menu(chat, "Throw me away")
    in_menu(chat, "Delete").click()
    expect(entry(chat, "Throw me away")).to_have_count(0)
    chat.button("Undo").click()

    expect(entry(chat, "Throw me away")).to_be_visible()


def test_the_menu_of_an_entry_by_keyboard_alone(chat: Chat, site: Site) -> None:
    add_conversations(site, ["First", "Second"])
    chat.page.reload()
    entry(chat, "Second").focus()

    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Enter")
    expect(in_menu(chat, "Pin")).to_be_focused()
    chat.page.keyboard.press("Escape")
    more = chat.page.get_by_role("button", name="More for Second")
    expect(more).to_be_focused()
    expect(chat.page.locator("#entry-menu")).to_be_hidden()
    chat.page.keyboard.press("Enter")
    expect(in_menu(chat, "Pin")).to_be_focused()
    chat.page.keyboard.press("Enter")

    expect(chat.list.get_by_role("list", name="Pinned").get_by_role("link")).to_have_text("Second")
