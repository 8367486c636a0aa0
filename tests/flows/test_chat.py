"""Asking and reading in a real browser: what streams in, what stays, what stops."""

from collections.abc import Callable
from statistics import median
from time import monotonic

import pytest
from playwright.sync_api import Page, Response, expect

from tests.cast import PASSWORD
from tests.flows.chat import CONVERSATION, Chat, height_of, log_in, path_of
from tests.site import Site
from tests.upstream import Answer, Gate, Upstream


def test_the_printed_link_leads_to_the_first_answer(
    start_site: Callable[..., Site], upstream: Upstream, page: Page
) -> None:
    fresh = start_site(MODEL_API_BASE=upstream.url)
    upstream.play(Answer("Welcome aboard."))

    page.goto(fresh.setup_url)
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Create the administrator").click()

    Chat(page, fresh.url).ask("Hello").expect_answer("Welcome aboard.")


def test_a_guest_logs_in_with_user_name_and_password(site: Site, page: Page) -> None:
    log_in(page, site.url)

    expect(Chat(page, site.url).box).to_be_focused()


def test_an_answer_is_shown_while_it_is_written(chat: Chat, upstream: Upstream) -> None:
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)))

    chat.ask("Hello")
    chat.expect_writing("First words,")
    middle.release()

    chat.expect_answer("First words, and then the end.")
    expect(chat.questions).to_have_text("Hello")
    expect(chat.send).to_be_visible()


def test_a_waiting_reply_says_that_it_thinks(chat: Chat, upstream: Upstream) -> None:
    headers = Gate(at=-1)
    upstream.play(Answer("Well.", gates=(headers,)))

    chat.ask("Hello")
    expect(chat.answer.get_by_role("status")).to_have_text("Thinking…")
    headers.release()

    chat.expect_answer("Well.")
    expect(chat.answer).not_to_contain_text("Thinking…")


def test_thinking_makes_room_for_the_first_words(chat: Chat, upstream: Upstream) -> None:
    headers, middle = Gate(at=-1), Gate(at=1)
    upstream.play(Answer("Well, then.", gates=(headers, middle)))

    chat.ask("Hello")
    expect(chat.answer.get_by_role("status")).to_have_text("Thinking…")
    headers.release()

    chat.expect_writing("Well,")
    expect(chat.answer.get_by_role("status")).to_have_text("")
    middle.release()


def test_a_code_block_is_copied_without_its_fence(chat: Chat, upstream: Upstream) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    upstream.play(Answer("Try this:\n\n```python\ndef twice(x):\n    return 2 * x\n```\n\nIt doubles."))

    chat.ask("Some code, please")
    code = chat.prose.locator("pre")
    expect(code).to_have_text("def twice(x):\n    return 2 * x\n")
    expect(chat.answer).to_have_attribute("aria-busy", "false")  # the end puts another one in its place
    chat.prose.get_by_role("button", name="Copy").click()

    expect(chat.prose.get_by_role("button", name="Copied")).to_be_visible()
    assert chat.page.evaluate("navigator.clipboard.readText()") == "def twice(x):\n    return 2 * x"


def test_a_message_is_copied_as_it_was_written(chat: Chat, upstream: Upstream) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    upstream.play(Answer("Some **strong** words."))

    chat.ask("Hello")
    chat.button("Copy").click()

    expect(chat.button("Copied")).to_be_visible()
    assert chat.page.evaluate("navigator.clipboard.readText()") == "Some **strong** words."


def test_markup_in_an_answer_stays_text(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Look: <b>bold</b> <img src=x onerror=alert(1)>"))

    chat.ask("<i>Hello</i>")

    chat.expect_answer("Look: <b>bold</b> <img src=x onerror=alert(1)>")
    expect(chat.questions).to_have_text("<i>Hello</i>")


def test_a_reload_in_mid_stream_shows_the_text_so_far_and_goes_on(chat: Chat, upstream: Upstream) -> None:
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)))
    chat.ask("Hello")
    chat.expect_writing("First words,")

    chat.page.reload()

    chat.expect_writing("First words,")
    middle.release()
    chat.expect_answer("First words, and then the end.")
    assert len(upstream.records) == 1


def test_a_reply_goes_on_while_its_reader_looks_elsewhere(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Elsewhere."))
    chat.ask("The other one").expect_answer("Elsewhere.")
    middle, later = Gate(at=2), Gate(at=4)
    upstream.play(Answer("First words, and then the end.", gates=(middle, later)))
    chat.open("/conversations/").ask("The long one")
    chat.expect_writing("First words,")

    chat.list.get_by_role("link", name="The other one").click()
    chat.expect_answer("Elsewhere.")
    expect(chat.list.get_by_role("link", name="The long one (being answered)")).to_be_visible()
    middle.release()
    assert later.reached.wait(10)
    chat.list.get_by_role("link", name="The long one").click()

    chat.expect_writing("First words, and then")
    later.release()
    chat.expect_answer("First words, and then the end.")


def test_stop_ends_the_request_within_half_a_second_and_keeps_the_text(
    chat: Chat, upstream: Upstream
) -> None:
    upstream.play(*(Answer("First words, and then the end.", gates=(Gate(at=2),)) for _ in range(3)))
    took = []
    for number in range(3):
        chat.ask("Hello")
        expect(chat.answers).to_have_count(number + 1)
        chat.expect_writing("First words,")
        chat.stop.click(trial=True)

        clicked = monotonic()
        chat.stop.click()

        assert upstream.record(number).closed.wait(5)
        took.append(upstream.record(number).closed_at - clicked)
        chat.expect_answer("First words,")
    assert median(took) < 0.5
    expect(chat.answer).to_contain_text("This reply was stopped.")
    expect(chat.send).to_be_visible()


def test_stop_from_another_tab_is_seen_in_both(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("First words, and then the end.", gates=(Gate(at=2),)))
    chat.ask("Hello")
    chat.expect_writing("First words,")
    other = Chat(chat.page.context.new_page(), chat.url).open(path_of(chat))
    other.expect_writing("First words,")

    other.stop.click()

    for tab in (chat, other):
        tab.expect_answer("First words,")
        expect(tab.answer).to_contain_text("This reply was stopped.")


def test_a_conversation_goes_on_after_its_first_answer(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."), Answer("Two."))
    chat.ask("First").expect_answer("One.")

    chat.ask("Second")

    expect(chat.answers).to_have_count(2)
    chat.expect_answer("Two.")
    expect(chat.questions).to_have_text(["First", "Second"])
    assert [turn["content"] for turn in upstream.record(1).body["messages"][-3:]] == [
        "First",
        "One.",
        "Second",
    ]


def test_regenerate_puts_another_reply_in_place_of_the_last_one(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Heads."), Answer("Tails."))
    chat.ask("Toss a coin").expect_answer("Heads.")

    chat.button("Regenerate").click()

    expect(chat.prose).to_have_text("Tails.")
    chat.expect_answer("Tails.")
    expect(chat.answers).to_have_count(1)
    expect(chat.questions).to_have_count(1)


def test_two_tabs_end_with_the_same_text(chat: Chat, upstream: Upstream) -> None:
    middle, later = Gate(at=2), Gate(at=4)
    upstream.play(Answer("# One\n\nFirst *words*, and\n\n- then\n- the end.", gates=(middle, later)))
    chat.ask("Hello")
    assert middle.reached.wait(10)
    other = Chat(chat.page.context.new_page(), chat.url)
    expect(chat.page).to_have_url(CONVERSATION)
    other.open(path_of(chat))
    middle.release()
    assert later.reached.wait(10)
    later.release()

    for tab in (chat, other):
        expect(tab.answer).to_have_attribute("aria-busy", "false")
    assert chat.prose.inner_html() == other.prose.inner_html()
    chat.page.reload()
    assert chat.prose.inner_html() == other.prose.inner_html()


def test_a_reader_further_up_stays_there_while_text_arrives(chat: Chat, upstream: Upstream) -> None:
    middle = Gate(at=80)
    lines = [f"Line {number}.\n\n" for number in range(120)]
    upstream.play(Answer(lines, gates=(middle,)))
    chat.ask("Count")
    expect(chat.answer.get_by_text("Line 79.")).to_be_in_viewport()

    chat.answer.get_by_text("Line 10.").scroll_into_view_if_needed()
    before = height_of(chat, "Line 10.")
    middle.release()
    expect(chat.answer).to_have_attribute("aria-busy", "false")

    assert height_of(chat, "Line 10.") == pytest.approx(before, abs=1)
    chat.button("Go to the latest message").click()
    expect(chat.answer.get_by_text("Line 119.")).to_be_in_viewport()


def test_nothing_jumps_when_a_reply_ends(chat: Chat, upstream: Upstream) -> None:
    end = Gate(at=4)
    upstream.play(
        Answer(["# Title\n\n", "- one\n- two\n\n", "Some words.\n\n", "The last line."], gates=(end,))
    )
    chat.ask("Hello")
    expect(chat.prose).to_contain_text("The last line.")
    before = height_of(chat, "The last line.")

    end.release()
    expect(chat.answer).to_have_attribute("aria-busy", "false")

    assert height_of(chat, "The last line.") == pytest.approx(before, abs=1)


def test_no_page_asks_another_origin_or_breaks_its_own_policy(chat: Chat, upstream: Upstream) -> None:
    answers: list[Response] = []
    chat.page.on("response", lambda answer: answers.append(answer))
    upstream.play(Answer("![A picture](https://elsewhere.example/track.png) and [a link](https://x.example)"))

    chat.ask("Show me a picture")
    expect(chat.answer).to_have_attribute("aria-busy", "false")
    for path in ("/usage/", "/usage/all/", path_of(chat), "/accounts/logout/", "/no-such-page/"):
        chat.open(path)

    assert {answer.url.startswith(chat.url + "/") for answer in answers} == {True}
    pages = [answer for answer in answers if answer.request.resource_type == "document"]
    assert all("default-src 'none'" in page.headers["content-security-policy"] for page in pages)
