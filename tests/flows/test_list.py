"""The list of conversations in a real browser: its groups, its end, its menus, its marks, and its folders."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import watch
from tests.flows.chat import CONVERSATION, Chat, carry_session
from tests.flows.history import add_conversations, delete_everything
from tests.flows.test_tabs import HIDEABLE
from tests.site import Site, ask
from tests.upstream import Answer, Gate, Upstream


@pytest.fixture(autouse=True)
def empty_list(site: Site) -> None:
    delete_everything(site)


@pytest.fixture
def plain(browser: Browser, site: Site, alice_client: object) -> Iterator[Chat]:
    """Alice's tab in a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    wrong: list[str] = []
    watch(context, wrong)
    carry_session(alice_client, context, site)  # type: ignore[arg-type]
    yield Chat(context.new_page(), site.url).open("/conversations/")
    context.close()
    assert not wrong, "\n".join(wrong)


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


def test_the_header_pins_archives_and_brings_back(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Yes."))
    chat.ask("Keep me").expect_answer("Yes.")

    chat.button("Pin").click()
    expect(chat.list.get_by_role("list", name="Pinned").get_by_role("link")).to_have_text("Keep me")
    chat.button("Unpin").click()
    expect(chat.list.get_by_role("list", name="Pinned")).to_have_count(0)
    chat.button("Archive").click()
    expect(chat.page.get_by_text("Archived", exact=True)).to_be_visible()
    expect(entry(chat, "Keep me")).to_have_count(0)
    chat.button("Unarchive").click()

    expect(entry(chat, "Keep me")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("width", [768, 1024, 1440])
def test_the_headers_actions_need_no_menu_where_there_is_room(
    chat: Chat, upstream: Upstream, width: int
) -> None:
    upstream.play(Answer("Yes."))
    chat.page.set_viewport_size({"width": width, "height": 900})
    chat.ask("A question with a title that is quite a bit longer than others").expect_answer("Yes.")

    for name in ("Rename", "Pin", "Archive", "More", "Delete"):
        chat.button(name).click(trial=True)

    assert chat.page.evaluate("document.documentElement.scrollWidth") <= width
    title = chat.page.get_by_role("heading", level=1).bounding_box()
    assert title
    assert title["width"] > 120


def test_the_entries_of_the_headers_menu_stand_in_line(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Yes."))
    chat.ask("In line").expect_answer("Yes.")

    chat.button("More").click()

    icons = chat.page.locator("#more").locator("svg:visible")
    boxes = [box for icon in icons.all() if (box := icon.bounding_box())]
    assert len(boxes) == 4
    assert len({box["x"] for box in boxes}) == 1


def test_on_a_phone_the_headers_actions_are_one_menu(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Yes."))
    chat.page.set_viewport_size({"width": 390, "height": 844})
    chat.ask("On a phone").expect_answer("Yes.")
    for name in ("Rename", "Pin", "Archive", "Delete"):
        expect(chat.button(name)).to_be_hidden()

    chat.button("More").click()
    for name in ("Rename", "Pin", "Archive", "Delete"):
        box = chat.button(name).bounding_box()
        assert box
        assert box["height"] >= 44
    chat.button("Rename").click()
    chat.page.get_by_role("textbox", name="Title").fill("Small")
    chat.button("Save").click()

    expect(chat.page.get_by_role("heading", name="Small")).to_be_visible()
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


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


def test_a_reply_that_ends_while_nobody_looks_is_new(chat: Chat, upstream: Upstream, site: Site) -> None:
    gate = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(gate,)))
    chat.ask("Hello").expect_writing("First words,")
    chat.open("/conversations/")
    expect(chat.list.get_by_text("(being answered)")).to_have_count(1)
    gate.release()

    other = Chat(chat.page.context.new_page(), chat.url)
    expect_unread(other, "Hello", True)
    entry(other, "Hello").click()
    other.expect_answer("First words, and then the end.")

    expect_unread(chat, "Hello", False)


def test_a_list_that_one_looks_at_says_when_a_reply_ends(chat: Chat, upstream: Upstream) -> None:
    gate = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(gate,)))
    chat.ask("Hello").expect_writing("First words,")
    chat.open("/conversations/")
    expect(chat.list.get_by_text("(being answered)")).to_have_count(1)
    entry(chat, "Hello").focus()
    gate.release()

    expect(chat.list.get_by_text("(new reply)")).to_have_count(1)
    expect(entry(chat, "Hello")).to_be_focused()


def test_a_reply_that_ends_before_ones_eyes_is_not_new(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."), Answer("Two."))
    with chat.page.expect_response(re.compile("/read/$")):
        chat.ask("First").expect_answer("One.")
    with chat.page.expect_response(re.compile("/read/$")):
        chat.ask("Second")
        expect(chat.prose).to_have_text("Two.")

    chat.open("/conversations/")

    expect(entry(chat, "First")).to_be_visible()
    expect(chat.list.get_by_text("(new reply)")).to_have_count(0)


def test_a_hidden_tab_has_read_nothing(chat: Chat, upstream: Upstream, alice_client: object) -> None:
    upstream.play(Answer("One."))
    path = ask(alice_client, "Behind")  # type: ignore[arg-type]
    expect_unread(chat, "Behind", True)
    behind = Chat(chat.page.context.new_page(), chat.url)
    behind.page.add_init_script(HIDEABLE % "true")
    behind.open(path)
    behind.expect_answer("One.")
    expect_unread(chat, "Behind", True)

    with behind.page.expect_response(re.compile("/read/$")):
        behind.page.evaluate("show(true)")

    expect_unread(chat, "Behind", False)


def test_a_tab_that_one_comes_back_to_lists_what_is_new(chat: Chat, site: Site, page: Page) -> None:
    behind = Chat(page.context.new_page(), chat.url)
    behind.page.add_init_script(HIDEABLE % "false")
    behind.open("/conversations/")
    behind.box.fill("A draft")
    behind.page.evaluate("show(false)")
    add_conversations(site, ["Begun elsewhere"])
    expect(entry(behind, "Begun elsewhere")).to_have_count(0)

    behind.page.evaluate("show(true)")

    expect(entry(behind, "Begun elsewhere")).to_be_visible()
    expect(behind.box).to_have_value("A draft")


def expect_unread(chat: Chat, title: str, unread: bool) -> None:
    """Looks until it is so: what another tab posts is not stored at once."""
    marked = chat.list.get_by_role("link", name=f"{title} (new reply)")

    def looked() -> bool:
        chat.open("/conversations/")
        expect(entry(chat, title)).to_be_visible()
        return marked.count() == int(unread)

    for _ in range(20):
        if looked():
            return
        chat.page.wait_for_timeout(100)
    raise AssertionError(f"{title} is {'not ' * unread}marked as new")


def make_folder(chat: Chat, name: str) -> None:
    chat.list.get_by_role("button", name="All conversations").click()
    chat.list.locator("summary", has_text="New folder").click()
    chat.page.get_by_role("textbox", name="Name of the folder").fill(name)
    chat.button("Create").click()
    expect(chat.list.get_by_role("button", name=name)).to_be_visible()


def go_to(chat: Chat, place: str) -> None:
    chat.list.locator(".places-button").click()
    chat.page.locator("#places").get_by_role("link", name=place, exact=True).click()
