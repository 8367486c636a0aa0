"""A site that is killed, ended or started again: what was shown is stored, and every reply ends honestly."""

import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.flows.chat import Chat, carry_session
from tests.flows.conftest import KEY
from tests.flows.events import Reader, events_path
from tests.site import Site, ask, post, wait_for
from tests.upstream import Answer, Gate, Silence, Upstream

RECOVERED = 30.0  # s after a start, the replies of dead processes are settled
PROSE = re.compile(
    r'<div class="prose"[^>]*>(.*?)</div>\s*<(?:p class="end|div class="message-foot)', re.DOTALL
)
WORDS = [f"word{number} " for number in range(2000)]


@pytest.fixture
def start(start_site: Callable[..., Site], upstream: Upstream) -> Callable[..., Site]:
    """Start a site of the test's own, which it may end."""
    return lambda **settings: start_site(MODEL_API_BASE=upstream.url, MODEL_API_KEY=KEY, **settings)


def test_a_power_cut_loses_no_text_that_was_shown(start: Callable[..., Site], upstream: Upstream) -> None:
    site = start()
    alice = site.set_up()
    upstream.play(Answer(WORDS, delay=0.005), Answer("Before."))
    conversation = ask(alice, "Hello")
    with Reader(site, alice, events_path(alice, conversation)) as reader:
        reader.read_until("word150")
        site.kill()
        reader.read_all()
        shown = len(set(re.findall(r"word\d+", reader.text)))

    site.start()

    wait_for(lambda: state(alice, conversation) == "interrupted", "the reply to be settled", RECOVERED)
    kept = prose(alice, conversation)
    assert len(kept.split()) >= shown >= 150
    assert "".join(WORDS).startswith(kept)
    assert upstream.record().text.startswith(kept)
    assert "Interrupted" in alice.get(conversation).text
    assert len(upstream.records) == 1


def test_an_open_page_says_that_the_server_is_gone_and_then_how_the_reply_ended(
    start: Callable[..., Site], upstream: Upstream, page: Page
) -> None:
    site = start()
    alice = site.set_up()
    carry_session(alice, page.context, site)
    alice.close()
    upstream.play(Answer("First words, and then the end.", gates=(Gate(at=2),)))
    chat = Chat(page, site.url).open("/conversations/").ask("Hello")
    chat.expect_writing("First words,")

    site.kill()
    expect(chat.answer.get_by_role("status")).to_have_text("Connection lost. Trying again…")
    site.start()

    expect(chat.answer).to_contain_text("Interrupted", timeout=60_000)
    chat.expect_answer("First words,")


def test_a_reply_cut_before_its_first_word_says_so(start: Callable[..., Site], upstream: Upstream) -> None:
    site = start()
    alice = site.set_up()
    upstream.play(Answer("Never.", gates=(Gate(at=-1),)))
    conversation = ask(alice, "Hello")
    upstream.record()
    site.kill()

    site.start()

    wait_for(lambda: state(alice, conversation) == "failed", "the reply to be settled", RECOVERED)
    assert "The server stopped before the answer began." in alice.get(conversation).text
    upstream.play(Answer("Now."))
    page = alice.get(conversation).text
    again = re.search(r'action="(/messages/\d+/replies/)"', page)
    send_id = re.findall(r'name="send_id" value="([^"]+)"', page)[0]
    assert again
    assert post(alice, again[1], send_id=send_id).status_code == 303
    wait_for(lambda: prose(alice, conversation) == "Now.", "the second reply")


def test_an_end_with_grace_finishes_the_running_reply(start: Callable[..., Site], upstream: Upstream) -> None:
    site = start(GRACE_SECONDS="20")
    alice = site.set_up()
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)))
    conversation = ask(alice, "Hello")
    with (
        ThreadPoolExecutor(1) as ending,
        Reader(site, alice, events_path(alice, conversation)) as reader,
    ):
        reader.read_until("First words,")
        alice.close()
        status = ending.submit(site.stop)
        wait_for(lambda: not listens(site), "the site to accept nothing new")
        middle.release()
        assert "First words, and then the end." in reader.read_all()
        assert reader.events[-1].name == "end"
        assert status.result(30) == 0
    assert "Traceback" not in site.log

    site.start()

    alice = site.log_in()
    assert state(alice, conversation) == "done"
    assert prose(alice, conversation) == "First words, and then the end."


def test_an_end_without_time_keeps_the_text_and_says_interrupted(
    start: Callable[..., Site], upstream: Upstream
) -> None:
    site = start(GRACE_SECONDS="1")
    alice = site.set_up()
    upstream.play(Answer("First words, and then silence.", ending=Silence(2)))
    conversation = ask(alice, "Hello")
    with Reader(site, alice, events_path(alice, conversation)) as reader:
        reader.read_until("First words,")
    alice.close()

    began = monotonic()
    assert site.stop() == 0

    assert monotonic() - began < 15
    assert upstream.record().closed.is_set()
    assert "Traceback" not in site.log
    site.start()
    alice = site.log_in()
    assert state(alice, conversation) == "interrupted"
    assert prose(alice, conversation) == "First words,"


def test_an_open_but_idle_browser_does_not_delay_the_end(start: Callable[..., Site]) -> None:
    site = start(GRACE_SECONDS="20")
    alice = site.set_up()  # keeps its connection open, as browsers do

    began = monotonic()
    status = site.stop(60)

    alice.close()
    assert status == 0
    assert monotonic() - began < 15


def test_a_send_while_the_site_ends_is_not_accepted_and_keeps_its_draft(
    start: Callable[..., Site], upstream: Upstream, page: Page
) -> None:
    site = start(GRACE_SECONDS="20")
    alice = site.set_up()
    carry_session(alice, page.context, site)
    middle = Gate(at=2)
    upstream.play(Answer("First words, and then the end.", gates=(middle,)))
    ask(alice, "Hello")
    assert middle.reached.wait(10)
    chat = Chat(page, site.url).open("/conversations/")
    with ThreadPoolExecutor(1) as ending:
        status = ending.submit(site.stop, 60)
        wait_for(lambda: not listens(site), "the site to accept nothing new")

        chat.ask("Too late")

        expect(chat.notice).to_have_text("The server was not reached. Your text is kept; try again.")
        expect(chat.box).to_have_value("Too late")
        with pytest.raises(httpx.ConnectError):  # its connection was closed, and no other is accepted
            post(alice, "/conversations/", text="Too late", send_id=str(uuid4()))
        middle.release()
        assert status.result(60) == 0
    assert len(upstream.records) == 1


def test_the_set_up_link_works_once(start: Callable[..., Site]) -> None:
    site = start()
    link = site.setup_url
    with site.guest() as guest:
        assert guest.get(link).status_code == 200
        assert guest.get("/setup/not-the-token/").status_code == 404
    site.set_up("alice")

    with site.guest() as guest:
        assert guest.get(link).status_code == 404
        guest.get("/accounts/login/")
        late = post(guest, link, username="mallory", password1=PASSWORD, password2=PASSWORD)
        assert late.status_code == 404


def test_a_second_start_keeps_everything_and_prints_no_link(
    start: Callable[..., Site], upstream: Upstream
) -> None:
    site = start()
    link = site.setup_url
    alice = site.set_up()
    upstream.play(Answer("Kept."))
    conversation = ask(alice, "Keep this")
    wait_for(lambda: prose(alice, conversation) == "Kept.", "the answer")
    alice.close()
    assert site.stop() == 0
    printed = len(site.log)

    site.start()

    assert "/setup/" not in site.log[printed:]
    alice = reopened(alice, site)
    assert prose(alice, conversation) == "Kept."
    assert "Keep this" in alice.get("/conversations/").text
    assert alice.get(link).status_code == 404


def reopened(client: httpx.Client, site: Site) -> httpx.Client:
    """The same browser, with the session that it had."""
    again = site.guest()
    again.cookies.update(client.cookies)
    return again


def state(client: httpx.Client, conversation: str) -> str:
    """How the newest reply stands, as its page says."""
    return re.findall(r'data-state="(\w+)"', client.get(conversation).text)[-1]


def prose(client: httpx.Client, conversation: str) -> str:
    """The text of the newest reply, without its markup."""
    found = PROSE.findall(client.get(conversation).text)
    return html.unescape(re.sub(r"<[^>]+>", "", found[-1])).strip() if found else ""


def listens(site: Site) -> bool:
    try:
        httpx.get(f"{site.url}/healthz", timeout=1.0)
    except httpx.ConnectError:
        return False
    except httpx.TimeoutException:
        pass  # it does, and is slow
    return True
