"""Search in a real browser: as one types, by Enter, and the way to what was found."""

import re

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.flows.chat import Chat
from tests.site import Site, ask
from tests.upstream import Answer, Upstream

LONG = "\n\n".join(f"Paragraph {number} of many." for number in range(40))


def box(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search")


def results(within: Page | Locator) -> Locator:
    return within.get_by_role("region", name="Found messages").get_by_role("link")


def test_results_appear_as_one_types_and_the_list_comes_back(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("The wombat digs."))
    chat.ask("Which animal digs by night?").expect_answer("The wombat digs.")
    listed = chat.list.get_by_role("link", name="Which animal digs by night?")
    expect(listed).to_have_attribute("aria-current", "page")

    box(chat.page).press_sequentially("womb")

    expect(results(chat.list)).to_have_count(1)
    expect(results(chat.list).locator("mark")).to_have_text("wombat")
    expect(chat.page).to_have_url(re.compile(r"/conversations/\d+/$"))
    box(chat.page).fill("wombats ")
    expect(chat.list).to_contain_text("Nothing was found.")
    box(chat.page).clear()
    expect(listed).to_have_attribute("aria-current", "page")


def test_enter_opens_a_page_of_results(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Ein Käuzchen ruft."))
    chat.ask("Wer ruft?").expect_answer("Ein Käuzchen ruft.")

    box(chat.page).fill("kauzchen")
    box(chat.page).press("Enter")

    expect(chat.page).to_have_url(chat.url + "/search/?q=kauzchen")
    main = chat.page.get_by_role("main")
    expect(results(main).locator("mark")).to_have_text("Käuzchen")
    expect(box(chat.page)).to_have_value("kauzchen")
    chat.page.go_back()
    chat.expect_answer("Ein Käuzchen ruft.")


def test_a_result_leads_to_its_message_on_its_branch(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("A yak.\n\n" + LONG), Answer("A zebu."))
    chat.ask("Name a bovine")
    expect(chat.answer).to_have_attribute("aria-busy", "false")
    chat.button("Regenerate").click()
    chat.expect_answer("A zebu.")

    box(chat.page).fill("yak")
    results(chat.list).click()

    expect(chat.page).to_have_url(re.compile(r"/conversations/\d+/\?at=\d+#message-\d+$"))
    expect(chat.answer).to_have_attribute("id", chat.page.url.split("#")[1])
    expect(chat.answer.get_by_text("A yak.")).to_be_in_viewport()
    assert (
        chat.answer.locator(".prose").evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    )


def test_more_results_come_as_one_scrolls(chat: Chat, upstream: Upstream, alice_client: httpx.Client) -> None:
    for number in range(25):
        upstream.play(Answer("Yes."))
        ask(alice_client, f"okapi number {number}")
    upstream.record(24)

    chat.open("/search/?q=okapi number")
    found = results(chat.page.get_by_role("main"))
    expect(found.last).to_have_text("More results")
    found.last.scroll_into_view_if_needed()

    expect(found).to_have_count(25)
    expect(found.last).to_contain_text("okapi number 0")


def test_an_ended_session_is_said_in_place_of_the_list(chat: Chat) -> None:
    chat.page.context.clear_cookies()
    box(chat.page).fill("anything")
    expect(chat.list).to_contain_text("The search got no answer. Press Enter to try again.")
    box(chat.page).press("Enter")
    expect(chat.page.get_by_role("button", name="Log in")).to_be_visible()


def test_a_phone_searches_in_the_drawer(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("The narwhal swims."))
    chat.page.set_viewport_size({"width": 390, "height": 844})
    chat.ask("What swims?").expect_answer("The narwhal swims.")

    chat.button("Open conversations").click()
    box(chat.page).fill("narwhal")
    results(chat.list).click()

    expect(chat.answer.get_by_text("The narwhal swims.")).to_be_in_viewport()
    expect(chat.list).to_be_hidden()


def test_the_longest_query_that_the_box_takes_is_answered_also_after_the_log_in_page(
    chat: Chat, site: Site, alice_client: httpx.Client
) -> None:
    box(chat.page).focus()
    chat.page.keyboard.insert_text("日" * 500)
    typed = box(chat.page).input_value()
    assert len(typed) == 400
    assert alice_client.get("/search/", params={"q": typed}).status_code == 200
    with site.guest() as guest:
        answer = guest.get("/search/", params={"q": typed}, follow_redirects=True)
    assert (answer.status_code, "Log in" in answer.text) == (200, True)


def test_without_a_script_results_are_pages(
    plain: Chat, upstream: Upstream, alice_client: httpx.Client
) -> None:
    for number in range(21):
        upstream.play(Answer("Yes."))
        ask(alice_client, f"quagga number {number}")
    upstream.record(20)
    page = plain.page

    box(page).fill("quagga number")
    box(page).press("Enter")
    expect(results(page)).to_have_count(21)  # twenty, and the link to more
    page.get_by_role("link", name="More results").click()

    left = page.get_by_role("main").get_by_role("list").get_by_role("link")
    expect(left).to_have_count(1)
    left.click()
    expect(plain.questions).to_contain_text(["quagga number 0"])
