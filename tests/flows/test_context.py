"""The meter, the cut, what is sent and a title on request, by mouse, by keyboard and without a script."""

import csv
import io
import json
import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.flows.chat import CONVERSATION, Chat, path_of
from tests.site import Site, ask, post, wait_for
from tests.upstream import Answer, Completion, Gate, Status, Upstream

LONG = "word " * 80  # characters: 400, about a third of what fits


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Site]:
    """A site whose model takes little: 400 tokens of prompt, reckoned as 1,200 characters."""
    settings = {"MODEL_API_BASE": upstream.url, "MODEL_API_KEY": "sk-secret", "GRACE_SECONDS": "1"}
    settings |= {"CONTEXT_TOKENS": "700", "MAX_TOKENS": "300"}
    site = Site(tmp_path_factory.mktemp("site"), **settings).migrated().start()
    try:
        site.set_up("alice").close()
        yield site
    finally:
        site.end()


def meter(chat: Chat) -> Locator:
    return chat.page.locator("#meter")


def cut(chat: Chat) -> Locator:
    return chat.log.get_by_text("Older messages are no longer sent to the model")


def shown_code(chat: Chat) -> str:
    return str(chat.page.locator("pre:visible").text_content())


def title(chat: Chat) -> Locator:
    return chat.page.locator("#title")


def test_the_meter_follows_the_conversation(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Good day.", usage=(37, 5)), Answer("Good night.", usage=(61, 6)))
    expect(meter(chat)).to_be_empty()

    chat.ask("Hello").expect_answer("Good day.")
    expect(meter(chat)).to_contain_text("42 of 400 tokens")
    expect(meter(chat)).not_to_contain_text("about")
    chat.ask("Bye").expect_answer("Good night.")

    expect(meter(chat)).to_contain_text("67 of 400 tokens")
    chat.page.reload()
    expect(meter(chat)).to_contain_text("67 of 400 tokens")


def test_the_meter_guesses_while_an_answer_is_written(chat: Chat, upstream: Upstream) -> None:
    gate = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", usage=(37, 5), gates=(gate,)))

    chat.ask("Hello").expect_writing("First words,")
    expect(meter(chat)).to_contain_text(re.compile(r"about \d+ of 400 tokens"))
    gate.release()

    expect(meter(chat)).to_contain_text("42 of 400 tokens")


def test_every_tab_of_a_conversation_has_its_meter_renewed(chat: Chat, upstream: Upstream) -> None:
    gate = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", usage=(37, 5), gates=(gate,)))
    chat.ask("Hello").expect_writing("First words,")
    other = Chat(chat.page.context.new_page(), chat.url).open(path_of(chat))
    other.expect_writing("First words,")
    gate.release()

    expect(meter(other)).to_contain_text("42 of 400 tokens")


def test_a_line_shows_where_the_log_is_cut_and_moves_with_it(chat: Chat, upstream: Upstream) -> None:
    gate = Gate(at=1)
    upstream.play(*[Answer(LONG, usage=None) for _ in range(4)], Answer("Another one.", gates=(gate,)))
    chat.ask("First").expect_answer(LONG.strip())
    chat.ask("Second")
    expect(chat.answers).to_have_count(2)
    chat.expect_answer(LONG.strip())
    expect(cut(chat)).to_have_count(0)

    chat.ask("Third")
    expect(chat.answers).to_have_count(3)
    chat.expect_answer(LONG.strip())
    expect(cut(chat)).to_have_count(1)
    expect(chat.log.locator("#cut + article .bubble")).to_have_text("Second")
    chat.ask("Fourth")
    expect(chat.log.locator("#cut + article .bubble")).to_have_text("Third")
    expect(chat.answers).to_have_count(4)
    chat.expect_answer(LONG.strip())

    expect(cut(chat)).to_have_count(1)
    expect(chat.log.locator("#cut + article .bubble")).to_have_text("Third")
    chat.page.reload()
    expect(chat.log.locator("#cut + article .bubble")).to_have_text("Third")
    chat.button("Regenerate").click()
    chat.expect_writing("Another")
    expect(cut(chat)).to_have_count(1)
    gate.release()
    chat.expect_answer("Another one.")
    expect(cut(chat)).to_have_count(1)
    chat.button("Previous version").click()
    chat.expect_answer(LONG.strip())
    expect(chat.log.locator("#cut + article .bubble")).to_have_text("Third")


def test_what_is_shown_is_what_the_next_send_carries(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Good day."), Answer("Next."))
    chat.ask('It\'s "quoted" </script> 😀\n$(id)').expect_answer("Good day.")

    chat.page.get_by_role("link", name="Show what is sent").click()
    expect(chat.page.get_by_role("heading", name="What is sent")).to_be_visible()
    chat.page.wait_for_load_state()
    shown = json.loads(shown_code(chat))
    chat.page.get_by_role("link", name="Back to the conversation").click()
    chat.expect_answer("Good day.")
    chat.ask("Your next message").expect_answer("Next.")

    assert upstream.record(1).body == shown


def test_the_code_of_a_message_is_copied(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Good day."))
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.ask("It's\nme").expect_answer("Good day.")

    chat.answer.get_by_role("link", name="Code example").click()
    expect(chat.page.get_by_role("radio", name="curl")).to_be_checked()
    chat.page.wait_for_load_state()
    chat.page.get_by_role("radio", name="Python").check()
    chat.page.locator("[data-copy]:visible").click()
    expect(chat.page.locator("[data-copy]:visible")).to_have_text("Copied")

    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert copied == shown_code(chat).rstrip("\n")
    assert 'body = {\n    "model": "mistralai/mistral-tiny"' in copied
    assert "It's\\nme" in copied
    assert "sk-secret" not in chat.page.content()


def test_the_tabs_are_chosen_by_keyboard(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("Good day."))
    chat.ask("Hello").expect_answer("Good day.")

    chat.page.get_by_role("link", name="Show what is sent").focus()
    chat.page.keyboard.press("Enter")
    chat.page.get_by_role("radio", name="JSON").focus()
    for name, begins in (("curl", "curl -N"), ("Python", "import json"), ("JavaScript", "// Node.js")):
        chat.page.keyboard.press("ArrowRight")
        expect(chat.page.get_by_role("radio", name=name)).to_be_focused()
        assert shown_code(chat).startswith(begins)


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_the_request_fits_every_screen(chat: Chat, upstream: Upstream, width: int) -> None:
    upstream.play(Answer("Good day."))
    chat.page.set_viewport_size({"width": width, "height": 844})
    chat.ask("x" * 300).expect_answer("Good day.")
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    chat.page.get_by_role("link", name="Show what is sent").click()
    for name in ("JSON", "curl", "Python", "JavaScript"):
        chat.page.get_by_role("radio", name=name).check()
        assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_title_is_suggested_and_shown_everywhere(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("By ice."), Completion('"How Fjords Form."'))
    chat.ask("Tell me about fjords").expect_answer("By ice.")

    chat.button("Rename").click()
    chat.button("Suggest a title").click()

    expect(title(chat)).to_have_text("How Fjords Form")
    expect(chat.page).to_have_title("How Fjords Form · Parley")
    expect(chat.list.get_by_role("link", name="How Fjords Form")).to_have_attribute("aria-current", "page")
    expect(chat.page.get_by_role("textbox", name="Title")).to_have_value("How Fjords Form")
    chat.page.reload()
    expect(title(chat)).to_have_text("How Fjords Form")
    chat.expect_answer("By ice.")


def test_a_title_is_suggested_by_keyboard_alone(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("By ice."), Completion("How Fjords Form"))
    chat.ask("Tell me about fjords").expect_answer("By ice.")

    chat.button("Rename").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_role("textbox", name="Title")).to_be_focused()
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Tab")
    expect(chat.button("Suggest a title")).to_be_focused()
    chat.page.keyboard.press("Enter")

    expect(title(chat)).to_have_text("How Fjords Form")
    expect(chat.page.get_by_role("textbox", name="Title")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("textbox", name="Title")).to_be_hidden()


def test_a_suggestion_that_fails_is_said_and_can_be_asked_for_again(chat: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("By ice."), Status(429), Completion("How Fjords Form"))
    chat.ask("Tell me about fjords").expect_answer("By ice.")

    chat.button("Rename").click()
    chat.button("Suggest a title").click()
    expect(chat.notice).to_contain_text("The model is asked too much at the moment.")
    expect(title(chat)).to_have_text("Tell me about fjords")
    chat.button("Suggest a title").click()

    expect(title(chat)).to_have_text("How Fjords Form")
    expect(chat.notice).to_be_empty()


def test_who_hangs_up_ends_the_request_for_a_title(
    site: Site, upstream: Upstream, alice_client: httpx.Client
) -> None:
    upstream.play(Answer("By ice."), Answer("Late", gates=(Gate(-1),)))
    path = ask(alice_client, "Tell me about fjords")
    assert upstream.record(0).ended.wait(10)
    impatient = httpx.Client(base_url=site.url, cookies=alice_client.cookies, timeout=5.0)
    with pytest.raises(httpx.ReadTimeout):
        post(impatient, f"{path}title/")
    impatient.close()

    assert upstream.record(1).closed.wait(5)

    def row() -> dict[str, str]:
        ledger = csv.DictReader(io.StringIO(alice_client.get("/usage/all.csv").text))
        return max((row for row in ledger if row["source"] == "title"), key=lambda row: row["time"])

    wait_for(lambda: row()["status"] == "stopped", "the ledger row to be closed", 5)
    assert row()["usage_source"] == "estimate"


def test_without_a_script_a_title_is_suggested(plain: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("By ice."), Completion("How Fjords Form"))
    plain.ask("Tell me about fjords").expect_answer("By ice.")
    plain.button("Rename").click()
    plain.button("Suggest a title").click()

    expect(title(plain)).to_have_text("How Fjords Form")
    expect(plain.page).to_have_url(CONVERSATION)


def test_without_a_script_a_failed_suggestion_is_said(plain: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("By ice."), Status(401))
    plain.ask("Tell me about fjords").expect_answer("By ice.")
    plain.button("Rename").click()
    plain.button("Suggest a title").click()

    expect(plain.notice).to_contain_text("The model's provider does not accept Parley's key.")
    plain.expect_answer("By ice.")


def test_without_a_script_the_meter_and_the_code_are_there(plain: Chat, upstream: Upstream) -> None:
    upstream.play(Answer("By ice.", usage=(37, 5)))
    plain.ask("Tell me about fjords").expect_answer("By ice.")
    expect(meter(plain)).to_contain_text("42 of 400 tokens")

    plain.answer.get_by_role("link", name="Code example").click()
    expect(plain.page.locator("pre:visible")).to_contain_text("curl -N")
    plain.page.get_by_role("radio", name="JavaScript").check()

    expect(plain.page.locator("pre:visible")).to_contain_text("await fetch(")
    expect(plain.page).to_have_url(re.compile(r"/messages/\d+/request/$"))
