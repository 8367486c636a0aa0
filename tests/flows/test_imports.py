"""Import and export in a real browser: by mouse, by keyboard alone, without a script, and over a power cut."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.flows.chat import Chat, carry_session
from tests.site import Site, ask, wait_for
from tests.transfer.chatgpt import simple
from tests.upstream import Upstream


@pytest.fixture
def few(tmp_path: Path) -> Path:
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps([simple(number) for number in range(3)]))
    return file


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Enough that an import of it is seen under way."""
    file = tmp_path / "many.json"
    text = "Words, and again words.\n" * 400
    file.write_text(json.dumps([simple(number, text, text) for number in range(1000, 1600)]))
    return file


def test_a_chatgpt_export_is_imported_and_a_second_time_nothing_comes_twice(chat: Chat, few: Path) -> None:
    page = chat.page
    page.get_by_role("button", name="Account menu").click()
    page.get_by_role("link", name="Import and export").click()
    for told in ("3 imported, 0 already here, 0 refused", "0 imported, 3 already here, 0 refused"):
        page.get_by_label("File").set_input_files(few)
        page.get_by_role("button", name="Import").click()
        expect(page.locator(".import").first).to_contain_text(told)
        expect(page.get_by_label("File")).to_be_visible()
    page.get_by_text("What was imported").last.click()
    page.locator(".import").get_by_role("link", name="Conversation 1").click()
    expect(chat.questions).to_have_text(["Hello"])
    expect(chat.prose).to_have_text("Good day")
    expect(chat.list.get_by_role("link", name="Conversation 1")).to_have_count(1)


def test_progress_is_shown_without_a_reload(chat: Chat, many: Path) -> None:
    page = chat.open("/imports/").page
    page.get_by_label("File").set_input_files(many)
    page.get_by_role("button", name="Import").click()
    bar = page.get_by_role("progressbar", name="Progress of the import")
    expect(bar).to_have_attribute("value", re.compile(r"[1-9]\d?"))
    page.evaluate("window.stayed = true")
    expect(page.locator(".import").first).to_contain_text("600 imported", timeout=60_000)
    assert page.evaluate("window.stayed")
    expect(chat.list.get_by_role("link", name="Conversation 1599")).to_be_visible()


def test_by_keyboard_alone(chat: Chat, few: Path) -> None:
    # Before the page is there: Chromium is told in the background to hand the dialog over.
    chat.page.on("filechooser", lambda chooser: chooser.set_files(few))
    page = chat.open("/imports/").page
    page.get_by_label("File").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("File")).to_have_value(re.compile(f"{few.name}$"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Import")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".import").first).to_contain_text(re.compile("3 (imported|already here)"))


def test_without_a_script(browser: Browser, site: Site, alice_client: httpx.Client, many: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    carry_session(alice_client, context, site)
    page = context.new_page()
    page.goto(f"{site.url}/imports/")
    page.get_by_label("File").set_input_files(many)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_label("File")).to_be_visible(timeout=60_000)
    expect(page.locator(".import").first).to_contain_text(re.compile("600 (imported|already here)"))
    context.close()


def test_a_file_of_something_else_is_refused_with_a_sentence(chat: Chat, tmp_path: Path) -> None:
    page = chat.open("/imports/").page
    foreign = tmp_path / "package.json"
    foreign.write_text('{"name": "parley"}')
    page.get_by_label("File").set_input_files(foreign)
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".import").first).to_contain_text(
        "neither a file of Parley's nor an export of ChatGPT's.Nothing was imported."
    )


def test_a_conversation_is_exported_from_its_page(
    chat: Chat, alice_client: httpx.Client, upstream: Upstream
) -> None:
    chat.ask("Say something.")
    expect(chat.answer).to_have_attribute("aria-busy", "false")
    kept = {}
    for name, ending in (("JSON", "json"), ("Markdown", "md"), ("web page", "html")):
        chat.button("More").click()
        with chat.page.expect_download() as download:
            chat.page.get_by_role("link", name=f"Export as {name}").click()
        chat.page.keyboard.press("Escape")
        assert download.value.suggested_filename == f"Say something.{ending}".replace("..", ".")
        kept[ending] = Path(download.value.path()).read_text()
    assert json.loads(kept["json"])["messages"][0]["text"] == "Say something."
    assert "Say something." in kept["md"]
    assert "Say something." in kept["html"]


def test_an_exported_page_shows_itself_without_a_network(
    browser: Browser, site: Site, alice_client: httpx.Client, tmp_path: Path
) -> None:
    path = ask(alice_client, "<script>alert(1)</script> **bold**")
    file = tmp_path / "page.html"
    file.write_bytes(alice_client.get(f"{path}export.html").content)
    context = browser.new_context()
    page, requests, complaints = context.new_page(), [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    expect(page.get_by_role("article", name="You")).to_have_text("<script>alert(1)</script> **bold**")
    bubble = page.locator(".bubble")
    assert bubble.evaluate("element => getComputedStyle(element).whiteSpaceCollapse") == "preserve"
    assert (requests, complaints) == ([file.as_uri()], [])
    context.close()


@pytest.mark.parametrize("end", [Site.kill, Site.stop])
def test_an_import_outlives_the_end_of_the_site(
    start_site: Callable[..., Site], upstream: Upstream, many: Path, end: Callable[[Site], object]
) -> None:
    """A power cut, or a restart."""
    site = start_site(MODEL_API_BASE=upstream.url, MODEL_API_KEY="sk", GRACE_SECONDS="1")
    client = site.set_up("alice")
    with many.open("rb") as file:
        token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
        assert client.post("/imports/", data=token, files={"file": file}).status_code == 303
    wait_for(lambda: re.search(r"[1-9]\d* imported", client.get("/imports/").text), "the first conversations")
    end(site)
    site.start()
    wait_for(lambda: "<strong>600</strong> imported" in client.get("/imports/").text, "the last one", 60.0)
    assert "<strong>0</strong> already here" in client.get("/imports/").text
    exported = client.get("/conversations/export.json").json()
    titles = [conversation["title"] for conversation in exported["conversations"]]
    assert sorted(titles) == sorted(f"Conversation {number}" for number in range(1000, 1600))
    assert all(len(conversation["messages"]) == 2 for conversation in exported["conversations"])
