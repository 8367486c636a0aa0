"""Accounts on a real site, in a real browser: sessions that end elsewhere, codes, passkeys."""

import re
from contextlib import closing
from time import monotonic

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.accounts.codes import code_of
from tests.flows.events import Reader, events_path
from tests.password import PASSWORD
from tests.site import Site, ask, post
from tests.upstream import Answer, Upstream

SESSIONS = "/accounts/sessions/"
NAMES = iter(("dora", "emil", "fritz", "greta", "hans"))


@pytest.fixture
def invited(alice_client: httpx.Client) -> str:
    """The path of an invitation that alice made."""
    page = post(alice_client, "/invitations/", role="member", group="", days="7").text
    return re.findall(r'value="http://[^/]+(/invitations/[^"]+/)"', page)[0]


def sign_up(page: Page, url: str) -> str:
    """By the invitation at `url`; the name."""
    name = next(NAMES)
    page.goto(url)
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    return name


def prove(page: Page, url: str) -> None:
    """Open what asks for the password once more."""
    page.goto(url)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_load_state()  # what the scripts see to is seen to from here on


def log_out(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.wait_for_load_state()


def log_in(page: Page, name: str) -> None:
    page.get_by_label("Username or email").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_load_state()


def give_authenticator(page: Page) -> None:
    """As a laptop with a fingerprint reader has it."""
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    options |= {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_sign_out_there_ends_what_is_followed_there_within_five_seconds(
    site: Site, alice_client: httpx.Client, upstream: Upstream
) -> None:
    upstream.play(Answer((f"word{number} " for number in range(500)), delay=0.05))
    with closing(site.log_in("alice")) as elsewhere:
        path = events_path(elsewhere, ask(elsewhere, "Hello"))
        with Reader(site, elsewhere, path) as reader:
            reader.read_until("word3")
            ended = monotonic()
            there = re.findall(rf"{SESSIONS}\d+/end/", alice_client.get(SESSIONS).text)[0]  # the newest
            assert post(alice_client, there).status_code == 303
            reader.read_all()
        assert monotonic() - ended < 5
        assert upstream.record().closed_at is None  # the reply goes on
        assert elsewhere.get("/conversations/").status_code == 302
    assert alice_client.get("/conversations/").status_code == 200


@pytest.mark.parametrize("scripts", ["page", "plain_page"])
def test_a_code_of_an_app_is_the_second_step(
    request: pytest.FixtureRequest, site: Site, invited: str, scripts: str
) -> None:
    page: Page = request.getfixturevalue(scripts)
    name = sign_up(page, site.url + invited)
    prove(page, f"{site.url}/accounts/2fa/totp/activate/")
    secret = page.locator(".totp-key").inner_text()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Use this app").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    log_out(page, site.url)
    log_in(page, name)
    page.get_by_label("Code").fill(code_of(secret, later=1))  # the one that set it up is spent
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()


def test_a_passkey_logs_in_alone(page: Page, site: Site, invited: str) -> None:
    here = f"http://localhost:{site.port}"  # a passkey needs a host name
    give_authenticator(page)
    name = sign_up(page, here + invited)
    prove(page, f"{here}/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{here}/accounts/2fa/webauthn/")
    expect(page.get_by_text("My laptop")).to_be_visible()

    log_out(page, here)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    expect(page.get_by_text(name).first).to_be_visible()

    log_out(page, here)
    log_in(page, name)
    expect(page.get_by_text("or type one of your recovery codes")).to_be_visible()
    page.get_by_role("button", name="Use a passkey or security key").click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()


def test_a_browser_that_gives_no_key_says_so(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="No key was given")).to_be_visible()
