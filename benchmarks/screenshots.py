"""What Parley looks like: every page in three widths, light and dark, as PNG files."""

import argparse
import shutil
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.site import start_site
from benchmarks.team import furnish
from benchmarks.text import TEXT
from chat.models import User
from tests.browser import ARGUMENTS
from tests.flows.chat import Chat, carry_session
from tests.site import Site, ask
from tests.upstream import Answer, Cut, Gate, Status, Upstream, running

ROOT = Path(__file__).resolve().parent.parent
SIZES = ((390, 844), (768, 1024), (1440, 900))
SCHEMES = ("light", "dark")
MOST_HEIGHT = 2400  # px
USAGE = {
    "usage": "/usage/",
    "usage-all": "/usage/all/",
    "usage-all-cost": "/usage/all/?by=model&show=cost",
    "usage-calls": "/usage/calls/",
    "usage-requests": "/usage/requests/",
}
BEST = "streaming-1440-light.png"
EARLIER = (
    "Draft an invitation to the summer party",
    "Why does my test hang?",
    "Summarise the minutes of Monday",
)
QUESTION = (
    "How do fjords form, and how can I tell them from drowned river valleys? Please show me a small model."
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("/tmp/parley-screenshots"))
    parser.add_argument("--docs", action="store_true", help="also write docs/screenshot.png")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with running(Upstream()) as upstream:
        site = start_site(upstream.url)
        try:
            alice = site.set_up("alice")
            furnish(User.objects.get(username="alice"))
            photograph(site, alice, upstream, options.folder)
        finally:
            site.stop()
    if options.docs:
        shutil.copyfile(options.folder / BEST, ROOT / "docs" / "screenshot.png")
    print(f"{len(list(options.folder.glob('*.png')))} pictures in {options.folder}")


def photograph(site: Site, alice: httpx.Client, upstream: Upstream, folder: Path) -> None:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        guest = new_tab(browser)
        guest.goto(f"{site.url}/accounts/login/")
        take(guest, folder, "login")

        page = new_tab(browser)
        carry_session(alice, page.context, site)
        chat = Chat(page, site.url).open("/conversations/")
        take(page, folder, "empty")
        for question in EARLIER:
            ask(alice, question)
        upstream.record(len(EARLIER) - 1)  # all of them were asked: the next answer is the long one's
        photograph_answer(chat, upstream, folder)
        photograph_ends(chat, upstream, folder)
        photograph_usage(page, site, folder)
        page.goto(site.url + "/api-keys/")
        take(page, folder, "api-keys")
        browser.close()


def photograph_usage(page: Page, site: Site, folder: Path) -> None:
    """The usage pages as far down as they go."""
    for name, path in USAGE.items():
        page.goto(site.url + path)
        take(page, folder, name, whole=True)


def photograph_answer(chat: Chat, upstream: Upstream, folder: Path) -> None:
    """The same answer while it is written and when it is finished."""
    words = TEXT.split(" ")
    gate = Gate(at=len(words) - 60)
    upstream.play(Answer(TEXT, delay=0.002, gates=(gate,)))
    chat.open("/conversations/").ask(QUESTION)
    expect(chat.prose).to_contain_text("Make the rock harder", timeout=15_000)
    take(chat.page, folder, "streaming")
    gate.release()
    expect(chat.answer).to_have_attribute("aria-busy", "false", timeout=15_000)
    take(chat.page, folder, "finished")


def photograph_ends(chat: Chat, upstream: Upstream, folder: Path) -> None:
    """Every way in which a reply ends early, one below the other."""
    early = [
        (Answer("A fjord is a long", finish="length"), "Until when?"),
        (Answer("A fjord is a long", finish="content_filter"), "And in other words?"),
        (Status(401), "Who are you?"),
        (Answer("A fjord is a long, narrow inlet with", ending=Cut(6)), "What is a fjord?"),
    ]
    chat.open("/conversations/")
    for number, (play, question) in enumerate(early):
        upstream.play(play)
        chat.ask(question)
        expect(chat.answers).to_have_count(number + 1)
        expect(chat.answer).to_have_attribute("aria-busy", "false", timeout=15_000)
    take(chat.page, folder, "ends")


def new_tab(browser: Browser) -> Page:
    return browser.new_context(reduced_motion="reduce").new_page()


def take(page: Page, folder: Path, name: str, *, whole: bool = False) -> None:
    """In every width, light and dark; `whole`: on a screen that is as high as the page, up to MOST_HEIGHT."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        if whole:
            height = min(page.evaluate("document.querySelector('.page').scrollHeight") + 64, MOST_HEIGHT)
            page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(150)  # the page follows its new size
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", animations="disabled")


if __name__ == "__main__":
    main()
