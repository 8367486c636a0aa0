"""The dashboard in a browser: drawn from its table, kept in its address, and each figure leads to its rows."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.flows.chat import Chat
from tests.site import Site, wait_for

PEOPLE = [f"person-{number}" for number in range(9)]
DRAWN = "Requests by day, drawn from the table that follows"
COLOURS = """canvas => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = new Set();
    for (let at = 0; at < data.length; at += 4)
        if (data[at + 3] === 255) found.add(data.slice(at, at + 3).join());
    return found.size;
}"""


@pytest.fixture(scope="module")
def seeded(site: Site) -> None:
    """Nine people, for whom there are not colours enough."""
    for at, name in enumerate(PEOPLE):
        site.manage(
            "seed", "--user", name, "--conversations", "0", "--calls", str(90 - 9 * at), "--days", "40"
        )


@pytest.fixture
def dashboard(chat: Chat, seeded: None) -> Chat:
    return chat.open("/usage/all/")


@pytest.fixture
def plain_dashboard(plain: Chat, seeded: None) -> Iterator[Chat]:
    yield plain.open("/usage/all/")


def table(page: Page) -> Locator:
    return page.locator(".usage-table")


def figure(page: Page, name: str) -> int:
    """A total of the page."""
    shown = page.locator("dl.totals > div").filter(has=page.get_by_text(name, exact=True)).get_by_role("link")
    return int(shown.inner_text().replace(",", ""))


def picture(drawing: Locator) -> str:
    return str(drawing.locator("canvas").evaluate("canvas => canvas.toDataURL()"))


def share_of_width(page: Page) -> float:
    """How much of its place the drawing takes."""
    drawing, place = (page.locator(name).bounding_box() for name in (".chart canvas", ".chart"))
    assert drawing
    assert place
    return drawing["width"] / place["width"]


def colours(drawing: Locator) -> int:
    return int(drawing.locator("canvas").evaluate(COLOURS))


def test_the_chart_is_drawn_from_the_table_and_again_in_the_dark(dashboard: Chat) -> None:
    page = dashboard.page
    drawing = page.get_by_role("img", name=DRAWN)
    expect(drawing).to_be_visible()
    assert colours(drawing) >= 8
    names = drawing.locator(".u-series").all_inner_texts()
    assert sum(name.strip() in {*PEOPLE, "all others"} for name in names) == 8

    light = picture(drawing)
    page.emulate_media(color_scheme="dark")
    wait_for(lambda: picture(drawing) != light, "the drawing in the dark")
    assert colours(drawing) >= 8


def test_a_column_says_its_figures_when_one_points_at_it(dashboard: Chat) -> None:
    page = dashboard.page
    first = page.locator("#chart-table tbody tr").first
    day = first.locator("time").text_content() or ""
    of_first_person = first.locator("td").first.text_content()
    place = page.locator(".u-over")
    box = place.bounding_box()
    assert box
    columns = page.locator("#chart-table tbody tr").count()
    place.hover(position={"x": box["width"] / columns / 2, "y": 50})
    legend = page.locator(".u-legend")
    expect(legend).to_contain_text(" ".join(day.split()[:2]))
    expect(legend).to_contain_text(re.compile(rf"person-0\s*{of_first_person}\b"))


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_is_wider_than_the_screen(dashboard: Chat, width: int) -> None:
    page = dashboard.page
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/usage/all/?by=model", "/usage/calls/", "/usage/", "/usage/requests/"):
        dashboard.open(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate("(p => p.scrollWidth <= p.clientWidth)(document.querySelector('.page'))"), path


def test_the_chart_follows_the_width_of_its_page(dashboard: Chat) -> None:
    page = dashboard.page
    for width in (1440, 500):
        page.set_viewport_size({"width": width, "height": 900})
        wait_for(lambda: 0.9 < share_of_width(page) <= 1, "the drawing in its new width")
    expect(page.locator(".chart canvas")).to_have_count(1)


def test_what_was_chosen_stays_in_the_address(dashboard: Chat) -> None:
    page = dashboard.page
    table(page).get_by_role("link", name="person-3", exact=True).click()
    expect(page.get_by_role("heading", name="By model")).to_be_visible()
    page.get_by_role("navigation", name="Chart").get_by_role("link", name="Cost").click()
    page.get_by_label("From", exact=True).fill("2026-01-01")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(page).to_have_url(re.compile(r"from=2026-01-01"))
    page.reload()
    chips = page.get_by_role("list", name="Limited to")
    expect(chips.get_by_role("link", name="User: person-3 (take off)")).to_be_visible()
    current = page.get_by_role("navigation", name="Chart").locator("[aria-current]")
    expect(current).to_have_text("Cost")
    assert figure(page, "Requests") == 63

    chips.get_by_role("link").click()
    expect(chips).to_have_count(0)
    expect(page).to_have_url(re.compile(r"from=2026-01-01.*show=cost|show=cost.*from=2026-01-01"))
    assert figure(page, "Requests") == sum(90 - 9 * at for at in range(9))


def test_a_figure_leads_to_its_rows_by_the_keyboard(dashboard: Chat) -> None:
    page = dashboard.page
    dashboard.open("/usage/all/?from=2026-01-01&by=user&sort=name")
    row = table(page).get_by_role("row").filter(has_text="person-8")
    row.get_by_role("link", name="person-8").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Requests", level=1)).to_be_visible()
    rows = page.get_by_role("region", name="Requests").get_by_role("row")
    expect(rows).to_have_count(1 + 18)
    expect(rows.nth(1)).to_contain_text("person-8")


def test_a_heading_sorts_its_column_and_says_so(dashboard: Chat) -> None:
    page = dashboard.page
    table(page).get_by_role("link", name="Tokens out").click()
    sorted_by = table(page).locator("[aria-sort]")
    expect(sorted_by).to_have_text("Tokens out")
    cells = table(page).locator("tbody tr td:nth-child(4)").all_inner_texts()
    amounts = [int(cell.replace(",", "")) for cell in cells]
    assert amounts == sorted(amounts, reverse=True)


def test_the_files_are_of_what_the_page_shows(dashboard: Chat, alice_client: httpx.Client) -> None:
    page = dashboard.page
    dashboard.open("/usage/all/?from=2026-01-01&status=failed&by=model")
    shown = figure(page, "Requests")
    files = {
        name: page.get_by_role("link", name=f"Download {name}").get_attribute("href")
        for name in ("CSV", "JSON")
    }
    assert alice_client.get(str(files["CSV"])).text.count("\n") - 1 == shown
    told = alice_client.get(str(files["JSON"])).json()
    assert {row["status"] for row in told} <= {"failed"}
    assert len(told) == shown > 0


def test_without_a_script_the_table_of_the_days_is_there(plain_dashboard: Chat) -> None:
    page = plain_dashboard.page
    expect(page.locator(".chart")).to_be_hidden()
    page.get_by_text("Requests by day, as a table").click()
    days = page.get_by_role("region", name="Requests by day")
    expect(days).to_be_visible()
    amounts = days.locator("data").all_inner_texts()
    assert sum(int(amount.replace(",", "")) for amount in amounts) == figure(page, "Requests")

    page.get_by_role("navigation", name="By").get_by_role("link", name="Model").click()
    page.get_by_label("From", exact=True).fill("2026-01-01")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="By model")).to_be_visible()
    expect(table(page).get_by_role("row")).to_have_count(2)
