"""API keys in a browser: made, copied, used no more and gone; and a key is seen once."""

import re
from pathlib import Path
from time import monotonic

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.examples.programs import run
from tests.flows.chat import Chat, carry_session
from tests.site import Site
from tests.upstream import MODEL, Answer, Gate, Upstream

READ = """parts => parts.map(part => [part.dataset.example,
    [part.querySelector(".code-language").textContent, part.querySelector("pre").textContent]])"""
SECRET = re.compile(r"pk-[\w-]{43}")


class Keys:
    """The page "API keys"."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = f"{url}/api-keys/"
        self.new = page.get_by_role("textbox", name="API key")
        self.list = page.locator(".api-key")

    def open(self) -> "Keys":
        self.page.goto(self.url)
        return self

    def create(self, name: str, last_day: str = "") -> str:
        """The key that the page then shows."""
        self.page.get_by_role("textbox", name="Name", exact=True).fill(name)
        self.page.get_by_label("Last day").fill(last_day)
        self.page.get_by_role("button", name="Create key").click()
        expect(self.page.get_by_role("heading", name=f"Your new key “{name}”")).to_be_visible()
        secret = self.new.input_value()
        assert SECRET.fullmatch(secret)
        return secret

    def key(self, name: str) -> Locator:
        return self.list.filter(has=self.page.get_by_role("heading", name=name, exact=True))

    def expect_no_secret(self) -> None:
        expect(self.page.get_by_role("heading", name="New key", exact=True)).to_be_visible()
        expect(self.new).to_have_count(0)
        assert not SECRET.search(self.page.content())


@pytest.fixture
def keys(page: Page, site: Site, alice_client: httpx.Client) -> Keys:
    carry_session(alice_client, page.context, site)
    return Keys(page, site.url).open()


@pytest.fixture
def plain_keys(plain: Chat, site: Site) -> Keys:
    return Keys(plain.page, site.url).open()


def test_a_key_is_made_and_copied_and_seen_once(keys: Keys, site: Site) -> None:
    keys.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    secret = keys.create("Seen once")
    copy = keys.page.locator(".api-key-made").get_by_role("button", name="Copy")
    expect(copy).to_be_focused()

    keys.page.keyboard.press("Enter")

    expect(keys.page.locator(".api-key-made").get_by_role("button", name="Copied")).to_be_visible()
    assert keys.page.evaluate("navigator.clipboard.readText()") == secret
    expect(keys.key("Seen once")).to_contain_text(secret[:10])
    keys.page.reload()
    keys.expect_no_secret()
    expect(keys.key("Seen once")).to_be_visible()


def test_going_back_does_not_show_it_again(keys: Keys) -> None:
    keys.create("Gone back to")
    keys.page.get_by_role("link", name="usage page").click()
    expect(keys.page.get_by_role("heading", name="Usage", level=1)).to_be_visible()
    keys.page.go_back()
    keys.expect_no_secret()


def test_the_examples_are_copied_with_the_new_key_in_them(keys: Keys, site: Site) -> None:
    keys.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    secret = keys.create("For the example")
    examples = keys.page.locator(".examples")
    expect(examples.locator("pre:visible")).to_have_count(1)

    examples.get_by_role("radio", name="Python, OpenAI client").check(force=True)
    examples.get_by_role("button", name="Copy").click()

    expect(examples.get_by_role("button", name="Copied")).to_be_visible()
    code = keys.page.evaluate("navigator.clipboard.readText()")
    assert f'base_url="{site.url}/v1"' in code
    assert f'api_key="{secret}"' in code


def test_every_example_runs_as_it_stands_until_its_key_is_disabled(
    keys: Keys, upstream: Upstream, tmp_path: Path
) -> None:
    keys.create("For programs")
    examples = dict(keys.page.locator(".example[data-example]").evaluate_all(READ))
    assert list(examples) == ["curl", "requests", "httpx", "openai", "javascript"]
    for name in sorted(examples, key="openai".__eq__):  # the last, since its client may not be installed
        language, code = examples[name]
        upstream.play(Answer(f"Hello, {name}"))
        done = run(language, code, tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"Hello, {name}" in done.stdout
    keys.open()
    expect(keys.key("For programs")).to_contain_text("5 requests")

    keys.key("For programs").get_by_role("button", name="Disable").click()
    expect(keys.key("For programs").locator(".state")).to_have_text("disabled")

    for language, code in examples.values():
        done = run(language, code, tmp_path)
        assert "disabled" in done.stdout + done.stderr


def test_disabling_a_key_ends_what_it_has_open(keys: Keys, site: Site, upstream: Upstream) -> None:
    upstream.play(Answer("First words, and then the end.", gates=(Gate(at=2),)))
    secret = keys.create("With a stream")
    with httpx.stream(
        "POST",
        f"{site.url}/v1/chat/completions",
        headers={"Authorization": f"Bearer {secret}"},
        json={"model": MODEL, "messages": [{"role": "user", "content": "Hello"}], "stream": True},
        timeout=30,
    ) as answer:
        lines = answer.iter_lines()
        assert any("words" in line for line in lines)

        keys.key("With a stream").get_by_role("button", name="Disable").click()
        disabled = monotonic()
        rest = "".join(lines)

    assert monotonic() - disabled < 5
    assert "This API key opens nothing any more." in rest
    assert upstream.record().closed.wait(5)


def test_the_api_is_tried_on_the_page(keys: Keys, upstream: Upstream) -> None:
    gate = Gate(at=0)
    upstream.play(Answer("A long inlet.", gates=(gate,)))
    keys.create("To try with")
    tried = keys.page.locator("#tried")
    expect(keys.key("To try with")).to_contain_text("never")

    keys.page.get_by_role("textbox", name="Message").fill("What is a fjord?")
    keys.page.get_by_role("button", name="Try it").click()

    expect(keys.page.get_by_text("The model is asked")).to_be_visible()
    expect(keys.page.get_by_role("button", name="Try it")).to_be_disabled()
    gate.release()
    expect(tried).to_contain_text("200 OK")
    expect(tried.locator("pre")).to_contain_text('"content": "A long inlet."')
    expect(keys.key("To try with")).not_to_contain_text("never")
    expect(keys.key("To try with")).to_contain_text("1 request,")
    assert upstream.record().body["messages"] == [{"role": "user", "content": "What is a fjord?"}]
    expect(keys.new).to_be_visible()  # the new key is still there to be copied
    keys.page.get_by_role("textbox", name="Message").fill(" ")
    keys.page.get_by_role("button", name="Try it").click()
    expect(tried).to_have_text("Write a message first.")


def test_the_api_is_tried_without_javascript(plain_keys: Keys, upstream: Upstream) -> None:
    upstream.play(Answer("A long inlet."))
    plain_keys.create("To try with, plainly")
    plain_keys.page.get_by_role("textbox", name="Message").fill("What is a fjord?")
    plain_keys.page.get_by_role("button", name="Try it").click()
    expect(plain_keys.page.locator("#tried")).to_contain_text("A long inlet.")
    expect(plain_keys.page.get_by_role("textbox", name="Message")).to_have_value("What is a fjord?")


def test_a_key_is_disabled_enabled_and_deleted(keys: Keys) -> None:
    keys.create("Switched")
    key = keys.key("Switched")
    key.get_by_role("button", name="Disable").click()
    expect(key.locator(".state")).to_have_text("disabled")
    key.get_by_role("button", name="Enable").click()
    expect(key.locator(".state")).to_have_text("enabled")

    key.get_by_role("button", name="Delete", exact=True).click()
    key.get_by_role("button", name="Keep").click()
    expect(key).to_be_visible()
    key.get_by_role("button", name="Delete", exact=True).click()
    key.get_by_role("button", name="Delete for good").click()
    expect(key).to_have_count(0)


def test_what_was_typed_stays_when_it_is_refused(keys: Keys) -> None:
    name = keys.page.get_by_role("textbox", name="Name", exact=True)
    name.fill("Refused")
    keys.page.get_by_label("Last day").fill("2020-01-31")
    keys.page.get_by_role("button", name="Create key").click()
    expect(keys.page.get_by_text("The last day must be a day such as")).to_be_visible()
    expect(name).to_have_value("Refused")
    keys.page.get_by_label("Last day").fill("")
    keys.page.get_by_role("button", name="Create key").click()
    expect(keys.page.get_by_role("heading", name="Your new key “Refused”")).to_be_visible()


def test_all_of_it_without_javascript(plain_keys: Keys) -> None:
    secret = plain_keys.create("Plain")
    expect(plain_keys.page.locator(".examples pre:visible")).to_contain_text(secret)
    expect(plain_keys.page.get_by_role("button", name="Copy")).to_have_count(0)

    plain_keys.page.reload()  # which sends the form again

    expect(plain_keys.page.get_by_text("This form was sent before, and has made its key.")).to_be_visible()
    plain_keys.expect_no_secret()
    key = plain_keys.key("Plain")
    expect(key).to_have_count(1)
    key.get_by_role("button", name="Disable").click()
    expect(key.locator(".state")).to_have_text("disabled")
    key.get_by_role("button", name="Delete", exact=True).click()
    key.get_by_role("button", name="Delete for good").click()
    expect(key).to_have_count(0)


def test_the_account_menu_leads_to_it(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Account menu").click()
    chat.page.get_by_role("link", name="API keys").click()
    expect(chat.page.get_by_role("heading", name="API keys", level=1)).to_be_visible()


def test_the_command_prints_a_key_that_opens_the_api(site: Site, upstream: Upstream) -> None:
    upstream.play(Answer("Good day"))
    secret = site.manage("createapikey", "alice", "--name", "ci", "--days", "1").removesuffix("\n")
    answer = httpx.post(
        f"{site.url}/v1/chat/completions",
        headers={"Authorization": f"Bearer {secret}"},
        json={"model": MODEL, "messages": [{"role": "user", "content": "Hello"}]},
        timeout=30,
    )
    assert answer.status_code == 200
    assert answer.json()["choices"][0]["message"]["content"] == "Good day"


@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_scrolls_inside_of_its_frame(keys: Keys, width: int) -> None:
    keys.page.set_viewport_size({"width": width, "height": 700})
    keys.create("Framed")
    over = keys.page.evaluate("document.documentElement.scrollHeight - innerHeight")
    assert over <= 1
