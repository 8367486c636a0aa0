"""What stands in the header of a conversation, and in its menu."""

import pytest
from playwright.sync_api import expect

from tests.flows.chat import Chat
from tests.flows.listing import entry
from tests.upstream import Answer, Upstream


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
