"""The chat in a real browser, from the set-up link to the last conversation."""

import re
from collections.abc import Callable
from time import monotonic

import pytest
from playwright.sync_api import Page, Response, expect

from tests.cast import PASSWORD
from tests.flows.chat import Chat
from tests.flows.conftest import KEY
from tests.site import Site
from tests.upstream import Answer, Gate, Html, Play, Status, Upstream

CONVERSATION = re.compile(r"/conversations/\d+/$")


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
    upstream.play(Answer("First words, and then the end.", gates=(Gate(at=2),)))
    chat.ask("Hello")
    chat.expect_writing("First words,")
    chat.stop.click(trial=True)

    clicked = monotonic()
    chat.stop.click()

    assert upstream.record().closed.wait(5)
    assert upstream.record().closed_at - clicked < 0.5
    chat.expect_answer("First words,")
    expect(chat.answer).to_contain_text("You stopped this reply.")
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
        expect(tab.answer).to_contain_text("You stopped this reply.")


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


def test_a_new_chat_is_listed_under_its_first_message(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Hill."))

    chat.ask("How high is the hill behind the house?\nIn metres, please.")

    title = "How high is the hill behind the house?"
    expect(chat.list.get_by_role("link", name=title)).to_have_attribute("aria-current", "page")
    expect(chat.page.get_by_role("heading", name=title)).to_be_visible()
    expect(chat.page).to_have_title(f"{title} · Parley")


def test_a_new_chat_gets_an_address_and_back_leads_to_the_empty_one(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Here."))
    chat.ask("Where are we?").expect_answer("Here.")
    expect(chat.page).to_have_url(CONVERSATION)
    address = chat.page.url

    chat.page.go_back()
    expect(chat.page.get_by_role("heading", name="What can I help with?")).to_be_visible()
    expect(chat.answers).to_have_count(0)
    chat.page.go_forward()

    expect(chat.page).to_have_url(address)
    chat.expect_answer("Here.")


def test_a_starter_fills_the_box_and_sends_nothing(chat: Chat, upstream: Upstream) -> None:
    chat.page.get_by_role("region", name="Start").get_by_role("link", name="Code").click()

    expect(chat.box).to_have_value(re.compile("^Complete this Python function:\n"))
    assert not upstream.records


def test_a_conversation_is_renamed(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Yes."))
    chat.ask("Before").expect_answer("Yes.")

    chat.button("Rename").click()
    title = chat.page.get_by_role("textbox", name="Title")
    expect(title).to_be_focused()
    title.fill("After")
    chat.button("Save").click()

    expect(chat.page.get_by_role("heading", name="After")).to_be_visible()
    expect(chat.list.get_by_role("link", name="After")).to_be_visible()
    chat.expect_answer("Yes.")


def test_a_deleted_conversation_comes_back_with_undo(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Kept."))
    chat.ask("Throw me away").expect_answer("Kept.")
    link = chat.list.get_by_role("link", name="Throw me away")

    chat.button("Delete").click()
    expect(chat.page.get_by_text("“Throw me away” was deleted.")).to_be_visible()
    expect(link).to_have_count(0)
    chat.button("Undo").click()

    chat.expect_answer("Kept.")
    expect(link).to_have_attribute("aria-current", "page")


def test_deleting_a_conversation_stops_its_reply(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("First words, and then the end.", gates=(Gate(at=2),)))
    chat.ask("Hello")
    chat.expect_writing("First words,")

    chat.button("Delete").click()

    assert upstream.record().closed.wait(5)


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


def test_enter_sends_and_shift_enter_breaks_the_line(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Two lines."))
    chat.box.press_sequentially("one")
    chat.box.press("Shift+Enter")
    chat.box.press_sequentially("two")
    expect(chat.box).to_have_value("one\ntwo")

    chat.box.press("Enter")

    chat.expect_answer("Two lines.")
    assert upstream.record().prompt == "one\ntwo"
    expect(chat.box).to_have_value("")
    expect(chat.box).to_be_focused()


def test_enter_in_an_empty_box_sends_nothing(chat: Chat, upstream: Upstream) -> None:
    chat.box.press("Enter")
    chat.box.fill("  \n ")
    chat.box.press("Enter")
    chat.send.click()

    expect(chat.box).to_be_focused()
    expect(chat.page).to_have_url(chat.url + "/conversations/")
    assert not upstream.records


def test_what_is_typed_while_a_reply_runs_stays_in_the_box(chat: Chat, upstream: Upstream) -> None:
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)))
    chat.ask("Hello")
    chat.expect_writing("First words,")

    chat.box.press_sequentially("My next question")
    chat.box.press("Enter")
    middle.release()

    chat.expect_answer("First words, and then the end.")
    expect(chat.box).to_have_value("My next question")
    assert len(upstream.records) == 1


@pytest.mark.parametrize("gates", [(), (Gate(at=1),)], ids=["a short answer", "a long answer"])
def test_a_double_click_on_send_makes_one_message(
    chat: Chat, upstream: Upstream, gates: tuple[Gate, ...]
) -> None:
    upstream.play(Answer("Just once.", gates=gates), Answer("Twice."))
    chat.box.fill("Once")

    chat.send.dblclick()
    for gate in gates:
        chat.expect_writing("Just")
        gate.release()

    chat.expect_answer("Just once.")
    expect(chat.questions).to_have_count(1)
    assert len(upstream.records) == 1


@pytest.mark.parametrize(
    ("play", "sentence"),
    [
        (
            Status(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}),
            "The model's provider does not accept Parley's key. Please ask the administrator.",
        ),
        (
            Status(403, {"message": f"No credit for {KEY}"}),
            "The account with the model's provider has no credit left. Please ask the administrator.",
        ),
        (
            Status(404, {"message": f"Not found for {KEY}"}),
            'The model "mistralai/mistral-tiny" is gone. '
            "An administrator can choose another with the setting MODEL_ID.",
        ),
        (
            Html(f"<h1>Welcome</h1><script>alert(1)</script>{KEY}"),
            "The model's provider sent something that is not an answer. Please try again.",
        ),
    ],
    ids=["401", "403", "404", "a page"],
)
def test_a_failed_reply_says_why_in_one_sentence_and_tells_no_key(
    chat: Chat, upstream: Upstream, play: Play, sentence: str
) -> None:
    upstream.play(play)

    chat.ask("Hello")

    expect(chat.answer.get_by_text(sentence)).to_be_visible()
    expect(chat.answer).to_have_attribute("aria-busy", "false")
    assert KEY not in chat.page.content()
    upstream.play(Answer("Better."))
    chat.button("Regenerate").click()
    chat.expect_answer("Better.")


def test_a_message_that_is_too_long_is_refused_and_stays_in_the_box(chat: Chat, upstream: Upstream) -> None:
    text = "word " * 40_000

    chat.ask(text)

    expect(chat.notice).to_contain_text("The message has 200,000 characters; at most 100,000 can be sent.")
    expect(chat.box).to_have_value(text)
    assert not upstream.records
    upstream.play(Answer("Short."))
    chat.ask("Shorter").expect_answer("Short.")
    expect(chat.notice).to_have_text("")


def test_a_message_of_megabytes_is_refused_and_stays_in_the_box(chat: Chat, upstream: Upstream) -> None:
    text = "für alle Fälle, " * 100_000

    chat.ask(text)

    expect(chat.notice).to_contain_text("This is too large to be sent at once.")
    expect(chat.box).to_have_value(text)
    assert not upstream.records


@pytest.mark.parametrize("cookie", ["sessionid", None], ids=["the session", "all cookies"])
def test_an_ended_session_is_said_and_the_draft_is_kept(
    chat: Chat, upstream: Upstream, cookie: str | None
) -> None:
    chat.box.press_sequentially("A long thought, ")
    if cookie:
        chat.page.context.clear_cookies(name=cookie)
    else:
        chat.page.context.clear_cookies()
    chat.box.press_sequentially("and its end")
    chat.send.click()

    expect(chat.notice).to_contain_text("You are signed out. Your text is kept here")
    expect(chat.box).to_have_value("A long thought, and its end")
    assert not upstream.records


def test_who_logs_in_again_in_another_tab_sends_the_draft_from_the_first_one(
    chat: Chat, upstream: Upstream
) -> None:
    chat.page.context.clear_cookies(name="sessionid")
    chat.ask("A long thought")
    expect(chat.notice).to_contain_text("log in in another tab, then send it again")
    other = chat.page.context.new_page()
    log_in(other, chat.url)
    upstream.play(Answer("Thought about."))

    chat.send.click()

    chat.expect_answer("Thought about.")


def test_a_server_that_is_gone_is_said_and_the_draft_is_kept(chat: Chat, upstream: Upstream) -> None:
    chat.page.context.set_offline(True)
    chat.ask("Anybody there?")
    expect(chat.notice).to_contain_text("The server was not reached. Your text is kept; try again.")
    expect(chat.box).to_have_value("Anybody there?")

    chat.page.context.set_offline(False)
    upstream.play(Answer("Yes."))
    chat.send.click()

    chat.expect_answer("Yes.")
    expect(chat.notice).to_have_text("")


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


def test_the_list_is_a_drawer_on_a_phone(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Small."))
    chat.page.set_viewport_size({"width": 390, "height": 844})
    chat.ask("On a phone").expect_answer("Small.")
    expect(chat.list).to_be_hidden()

    chat.button("Open conversations").click()
    expect(chat.list.get_by_role("link", name="On a phone")).to_be_visible()
    chat.page.get_by_role("link", name="New chat").click()

    expect(chat.page).to_have_url(chat.url + "/conversations/")
    expect(chat.list).to_be_hidden()
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_drawer_opens_on_a_phone_while_an_undo_is_offered(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Small."))
    chat.page.set_viewport_size({"width": 390, "height": 844})
    chat.ask("On a phone I delete what I have asked for on a phone").expect_answer("Small.")
    chat.button("Delete").click()
    expect(chat.button("Undo")).to_be_visible()

    chat.button("Open conversations").click(timeout=3000)

    expect(chat.list).to_be_visible()


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


def height_of(chat: Chat, text: str) -> float:
    """Where on the screen the line of the newest reply with this text is, in pixels from the top."""
    box = chat.answer.get_by_text(text, exact=True).bounding_box()
    assert box
    return box["y"]


def path_of(chat: Chat) -> str:
    return chat.page.url.removeprefix(chat.url)


def log_in(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_label("Username").or_(page.get_by_label("Login")).fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
