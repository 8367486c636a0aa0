"""What a page looks like on small and large screens, as far as a ruler can tell."""

import pytest
from playwright.sync_api import Locator, expect

from tests.flows.chat import Chat
from tests.upstream import Answer, Upstream

WIDE_TABLE = "\n".join(
    ["| " + " | ".join(["Some words of a head"] * 7) + " |", "|---" * 7 + "|"]
    + ["| " + " | ".join(["several words in one cell"] * 7) + " |"] * 2
)
TASKS = "- [x] Buy flour\n  - wholemeal\n- [ ] Bake bread\n"


def left_of(element: Locator) -> float:
    box = element.bounding_box()
    assert box
    return box["x"]


def lines_of(element: Locator) -> int:
    return element.evaluate(
        "e => { const r = document.createRange(); r.selectNodeContents(e); "
        "return new Set([...r.getClientRects()].map(rect => Math.round(rect.top))).size }"
    )


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_usage_shows_whole_figures_and_a_model_beside_its_first_one(
    chat: Chat, upstream: Upstream, width: int
) -> None:
    upstream.play(Answer("Counted.", usage=(123_456_789, 98_765_432)))
    chat.ask("Count me").expect_answer("Counted.")
    chat.page.set_viewport_size({"width": width, "height": 900})
    for path, table in (("/usage/", "By model"), ("/usage/all/?by=model", "By model")):
        chat.open(path)
        for figure in chat.page.locator(".totals dd").all():
            assert lines_of(figure) == 1
        model = chat.page.get_by_role("region", name=table).locator("tbody th.name").first
        model.scroll_into_view_if_needed()
        expect(model.locator("xpath=following-sibling::td").first).to_be_in_viewport()
        title, words = chat.page.get_by_role("heading", level=1), chat.page.locator(".page :is(p, h2)").first
        if width >= 768:  # below, the button of the list stands before the title
            assert left_of(title) == left_of(words) == left_of(chat.page.get_by_label("From", exact=True))


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_a_table_of_many_columns_scrolls_instead_of_breaking_at_every_word(
    chat: Chat, upstream: Upstream, width: int
) -> None:
    upstream.play(Answer(WIDE_TABLE))
    chat.page.set_viewport_size({"width": width, "height": 900})
    chat.ask("A table")
    expect(chat.answer).to_have_attribute("aria-busy", "false")
    assert lines_of(chat.prose.locator("td").last) <= 2
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_list_inside_a_task_stands_further_in(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer(TASKS))
    chat.ask("A list")
    expect(chat.answer).to_have_attribute("aria-busy", "false")
    tasks = chat.prose.locator("input[type=checkbox]")
    nested = chat.prose.get_by_role("listitem").filter(has_text="wholemeal").last
    assert left_of(nested) > left_of(tasks.first) + 30
