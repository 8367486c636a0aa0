"""Who may make an account without an invitation: nobody, everybody, or whoever has an address of a domain."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from chat.models import User
from config import environment as env
from tests.accounts.inviting import invite
from tests.accounts.mail import link, use
from tests.cast import PASSWORD
from tests.mail_server import MailServer

SIGN_UP = "/accounts/signup/"
NEW = {"username": "dora", "email": "dora@example.org", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def by_domain(settings: Any, mail_server: MailServer) -> MailServer:
    use(settings, mail_server.port)
    settings.SIGNUP, settings.SIGNUP_DOMAINS = "domains", ["example.org"]
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    return mail_server


def log_in(client: Client, name: str) -> str:
    """Where it leads."""
    answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return answer["location"]


def test_at_first_only_an_invitation_lets_in(bob: User, guest: Client) -> None:
    assert SIGN_UP not in guest.get("/accounts/login/").content.decode()
    for answer in (guest.get(SIGN_UP), guest.post(SIGN_UP, NEW)):
        assert answer.status_code == 403
        assert "By invitation only" in answer.content.decode()
    assert not User.objects.filter(username="dora").exists()


def test_an_open_site_lets_everybody_in(bob: User, guest: Client, settings: Any) -> None:
    settings.SIGNUP = "open"
    assert SIGN_UP in guest.get("/accounts/login/").content.decode()
    guest.post(SIGN_UP, NEW | {"email": "", "is_staff": "on"})
    dora = User.objects.get(username="dora")
    assert not dora.is_staff
    assert "dora" in guest.get("/", follow=True).content.decode()


def test_nobody_signs_up_before_the_administrator(guest: Client, settings: Any) -> None:
    settings.SIGNUP = "open"
    assert guest.post(SIGN_UP, NEW).status_code == 403
    assert not User.objects.exists()


def test_an_address_of_the_domain_must_be_confirmed(bob: User, guest: Client, by_domain: MailServer) -> None:
    assert "Look into your mail" in guest.post(SIGN_UP, NEW, follow=True).content.decode()
    assert log_in(guest, "dora") == "/accounts/confirm-email/"
    assert guest.get("/conversations/").status_code == 302
    guest.post(link(by_domain))
    assert log_in(guest, "dora") == "/"


@pytest.mark.parametrize(
    "email", ["dora@example.com", "dora@sub.example.org", "dora@example.org.evil.com", "", "dora"]
)
def test_another_address_does_not_let_in(bob: User, guest: Client, by_domain: MailServer, email: str) -> None:
    page = guest.post(SIGN_UP, NEW | {"email": email}).content.decode()
    assert "field-error" in page
    assert not User.objects.filter(username="dora").exists()
    assert not by_domain.mails


def test_an_address_that_has_an_account_gets_the_same_answer(
    bob: User, guest: Client, by_domain: MailServer
) -> None:
    new = guest.post(SIGN_UP, NEW)
    taken = Client().post(SIGN_UP, NEW | {"username": "eve", "email": bob.email})
    assert (taken.status_code, taken["location"]) == (new.status_code, new["location"])
    assert by_domain.to(bob.email) == ["Parley: You have an account already"]
    assert not User.objects.filter(username="eve").exists()


def test_those_who_were_in_before_need_no_address(bob: User, by_domain: MailServer) -> None:
    User.objects.filter(pk=bob.pk).update(email="")
    assert log_in(Client(), "bob") == "/"
    EmailAddress.objects.create(user=bob, email="bob@example.com", primary=True)
    assert log_in(Client(), "bob") == "/"


def test_an_invitation_needs_no_address_of_the_domain(
    bobs: Client, guest: Client, by_domain: MailServer
) -> None:
    answer = guest.post(invite(bobs), NEW | {"email": "dora@example.com"}, follow=True)
    assert answer.wsgi_request.user == User.objects.get(username="dora")


def test_a_name_that_was_taken_a_moment_ago_is_said(
    bob: User, guest: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIGNUP = "open"
    monkeypatch.setattr("chat.accounts.sign_up.SignUpForm.clean_username", lambda form: "bob")
    page = guest.post(SIGN_UP, NEW | {"username": "bob"}).content.decode()
    assert "already exists" in page
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("", ("invite", [])),
        ("Open", ("open", [])),
        ("example.org, @Example.com", ("domains", ["example.org", "example.com"])),
    ],
)
def test_how_it_is_set(monkeypatch: pytest.MonkeyPatch, value: str, found: tuple[str, list[str]]) -> None:
    monkeypatch.setenv("SIGNUP", value)
    assert env.sign_up("SIGNUP") == found


@pytest.mark.parametrize("value", ["closed", "a@example.org", ",", "example.org;example.com"])
def test_what_it_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SIGNUP", value)
    with pytest.raises(ImproperlyConfigured, match="SIGNUP must be invite, open, or domains"):
        env.sign_up("SIGNUP")
