"""Every core flow in a browser that runs no script: forms, redirects, and a page that reloads itself."""

import re
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.flows.chat import Chat, path_of
from tests.site import Site
from tests.upstream import Answer, Gate, Upstream


@pytest.fixture
def chat(plain_page: Page, site: Site) -> Chat:
    """Alice's tab, logged in through the form."""
    plain_page.goto(site.url)
    plain_page.locator("input[name=login]").fill("alice")
    plain_page.locator("input[name=password]").fill(PASSWORD)
    plain_page.get_by_role("button", name="Log in").click()
    return Chat(plain_page, site.url).open("/conversations/")


def test_a_page_reloads_itself_until_the_reply_is_done(chat: Chat, upstream: Upstream) -> None:
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)))

    chat.ask("Hello")
    chat.expect_writing("First words,")
    middle.release()

    chat.expect_answer("First words, and then the end.")
    expect(chat.page).to_have_url(re.compile(r"/conversations/\d+/$"))
    expect(chat.page.locator("meta[http-equiv=refresh]")).to_have_count(0)
    assert len(upstream.records) == 1


def test_a_conversation_goes_on(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("One."), Answer("Two."))
    chat.ask("First").expect_answer("One.")

    chat.ask("Second")

    expect(chat.answers).to_have_count(2)
    chat.expect_answer("Two.")


def test_stop_ends_the_request_and_keeps_the_text(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("First words, and then the end.", gates=(Gate(at=2),)))
    chat.ask("Hello")
    chat.expect_writing("First words,")
    with chat.page.expect_event("load"):  # it is loaded anew every two seconds
        pass

    clicked = monotonic()
    chat.stop.click()

    assert upstream.record().closed.wait(5)
    assert upstream.record().closed_at - clicked < 0.5
    chat.expect_answer("First words,")
    expect(chat.answer).to_contain_text("This reply was stopped.")


def test_buttons_that_need_a_script_are_not_there(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("```python\nprint()\n```\n"))
    chat.ask("Code")
    expect(chat.answer.locator("pre")).to_be_visible()
    expect(chat.button("Regenerate")).to_be_visible()
    expect(chat.button("Copy")).to_have_count(0)


def test_nothing_can_be_typed_that_the_next_refresh_would_lose(chat: Chat, upstream: Upstream) -> None:
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)))
    chat.ask("Hello")
    chat.expect_writing("First words,")

    expect(chat.page.get_by_text("This page refreshes itself")).to_be_visible()
    for lost in (chat.box, chat.button("Rename"), chat.send):
        expect(lost).to_have_count(0)
    middle.release()

    chat.expect_answer("First words, and then the end.")
    expect(chat.page.get_by_text("This page refreshes itself")).to_be_hidden()
    expect(chat.box).to_be_visible()
    expect(chat.button("Rename")).to_be_visible()


def test_a_draft_that_came_too_early_outlives_stop(chat: Chat, upstream: Upstream) -> None:
    upstream.play(
        Answer("Yes."), Answer("First words, and then the end.", gates=(Gate(at=2),)), Answer("Last.")
    )
    chat.ask("Hello").expect_answer("Yes.")
    other = Chat(chat.page.context.new_page(), chat.url).open(path_of(chat))
    other.ask("From another tab").expect_writing("First words,")

    chat.ask("My draft")
    expect(chat.notice).to_contain_text("The assistant is still writing.")
    with chat.page.context.expect_page() as opened:
        chat.stop.click()
    opened.value.reload()  # Playwright forbids scripts in a new tab only after its first page was read
    Chat(opened.value, chat.url).expect_answer("First words,")

    expect(chat.box).to_have_value("My draft")
    chat.send.click()
    chat.expect_answer("Last.")


def test_regenerate_shows_another_reply(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Heads."), Answer("Tails."))
    chat.ask("Toss a coin").expect_answer("Heads.")

    chat.button("Regenerate").click()

    expect(chat.prose).to_have_text("Tails.")
    expect(chat.answers).to_have_count(1)


def test_a_conversation_is_renamed_deleted_and_brought_back(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Yes."))
    chat.ask("Before").expect_answer("Yes.")

    chat.button("Rename").click()
    chat.page.get_by_role("textbox", name="Title").fill("After")
    chat.button("Save").click()
    expect(chat.page.get_by_role("heading", name="After")).to_be_visible()
    chat.button("Delete").click()
    expect(chat.page.get_by_text("“After” was deleted.")).to_be_visible()
    expect(chat.list.get_by_role("link", name="After")).to_have_count(0)
    chat.button("Undo").click()

    chat.expect_answer("Yes.")
    expect(chat.list.get_by_role("link", name="After")).to_have_attribute("aria-current", "page")


def test_a_refused_message_stays_in_the_box(chat: Chat, upstream: Upstream) -> None:
    text = "word " * 40_000

    chat.ask(text)

    expect(chat.notice).to_contain_text("The message has 200,000 characters; at most 100,000 can be sent.")
    expect(chat.box).to_have_value(text)
    assert not upstream.records


def test_a_message_of_megabytes_is_refused_and_still_in_the_form(chat: Chat, upstream: Upstream) -> None:
    text = "für alle Fälle, " * 100_000

    chat.box.fill(text)
    chat.page.wait_for_timeout(5000)  # Chromium notes what stands in a form about once a second
    chat.send.click()
    expect(chat.page.get_by_role("heading", name="This is too large")).to_be_visible()
    chat.page.go_back()

    expect(chat.box).not_to_have_value("")
    assert chat.box.input_value() == text
    assert not upstream.records


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken"])
def test_who_was_signed_out_meanwhile_gets_the_text_back(chat: Chat, upstream: Upstream, cookie: str) -> None:
    chat.page.context.clear_cookies(name=cookie)

    chat.ask("A long thought")

    expect(chat.page.get_by_role("textbox", name="Your text")).to_have_value("A long thought")
    assert not upstream.records


def test_usage_counts_what_was_asked(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Counted.", usage=(123_456, 7_890)))
    chat.ask("Count me").expect_answer("Counted.")

    chat.page.get_by_role("button", name="Account menu").click()
    chat.page.get_by_role("link", name="Usage", exact=True).click()

    latest = chat.page.get_by_role("region", name="Each request").get_by_role("row").nth(1)
    expect(latest).to_contain_text("123,456")
    expect(latest).to_contain_text("7,890")
    expect(latest).to_contain_text("done")


def test_who_logs_out_sees_nothing_more(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Secret."))
    chat.ask("Tell me").expect_answer("Secret.")
    address = chat.page.url

    chat.page.get_by_role("button", name="Account menu").click()
    chat.button("Log out").click()
    expect(chat.page.get_by_role("button", name="Log in")).to_be_visible()
    chat.page.goto(address)

    expect(chat.page.get_by_role("button", name="Log in")).to_be_visible()
    expect(chat.page.get_by_text("Secret.")).to_have_count(0)
