"""What a letter leads to: a new password, and an email address that is confirmed."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from chat.models import User
from tests.accounts.mail import link, text, use
from tests.cast import PASSWORD
from tests.mail_server import MailServer
from tests.ports import free_port

RESET = "/accounts/password/reset/"
NEW = "a battery of horses"
CHOSEN = {"password1": NEW, "password2": NEW}


@pytest.fixture(autouse=True)
def _mail(settings: Any, mail_server: MailServer) -> None:
    use(settings, mail_server.port)


def log_in(login: str, password: str) -> bool:
    return Client().post("/accounts/login/", {"login": login, "password": password}).status_code == 302


def test_a_new_password_comes_by_mail(alice: User, guest: Client, mail_server: MailServer) -> None:
    answer = guest.post(RESET, {"email": alice.email}, follow=True)
    assert "Look into your mail" in answer.content.decode()
    assert mail_server.to(alice.email) == ["Parley: A new password"]
    assert "alice" in text(mail_server)
    form = guest.get(link(mail_server), follow=True)
    guest.post(form.request["PATH_INFO"], CHOSEN)
    assert log_in("alice", NEW)
    assert not log_in("alice", PASSWORD)


def test_a_link_that_was_used_is_refused(alice: User, guest: Client, mail_server: MailServer) -> None:
    guest.post(RESET, {"email": alice.email})
    form = guest.get(link(mail_server), follow=True)
    guest.post(form.request["PATH_INFO"], CHOSEN)
    page = Client().get(link(mail_server), follow=True)
    assert "This link does not work" in page.content.decode()
    Client().post(link(mail_server), CHOSEN | {"password1": "another one!", "password2": "another one!"})
    assert log_in("alice", NEW)


def test_a_link_is_dead_after_a_log_in_with_the_old_password(
    alice: User, guest: Client, mail_server: MailServer
) -> None:
    guest.post(RESET, {"email": alice.email})
    assert log_in("alice", PASSWORD)
    assert "This link does not work" in guest.get(link(mail_server), follow=True).content.decode()


def test_the_page_does_not_tell_who_has_an_account(
    alice: User, guest: Client, mail_server: MailServer
) -> None:
    known = guest.post(RESET, {"email": alice.email}, follow=True)
    unknown = Client().post(RESET, {"email": "nobody@example.org"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert known.content == unknown.content
    assert "There is none" in text(mail_server)


def test_a_mail_server_that_is_away_is_said(alice: User, guest: Client, settings: Any) -> None:
    use(settings, free_port())
    for email in (alice.email, "nobody@example.org"):
        answer = guest.post(RESET, {"email": email})
        assert answer.status_code == 503
        assert "could not be handed in" in answer.content.decode()


def test_without_mail_the_pages_say_so(alices: Client, guest: Client, settings: Any) -> None:
    assert RESET in guest.get("/accounts/login/").content.decode()
    settings.MAIL = None
    for answer in (
        guest.get(RESET),
        guest.post(RESET, {"email": "x@example.org"}),
        alices.get("/accounts/email/"),
    ):
        assert answer.status_code == 404
        assert "No mail goes out" in answer.content.decode()
    assert RESET not in guest.get("/accounts/login/").content.decode()


def test_a_new_address_counts_once_it_is_confirmed(
    alice: User, alices: Client, mail_server: MailServer
) -> None:
    alices.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"
    assert mail_server.to("new@example.org") == ["Parley: Confirm your email address"]
    page = alices.get(link(mail_server))
    assert "Confirm" in page.content.decode()
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"  # looking at it changed nothing
    alices.post(link(mail_server))
    alice.refresh_from_db()
    assert alice.email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("new@example.org", True)]


def test_looking_at_the_address_stores_nothing(alice: User, alices: Client) -> None:
    for look in (alices.get, alices.head, alices.put):
        look("/accounts/email/")
    assert not EmailAddress.objects.exists()
    page = alices.get("/accounts/email/").content.decode()
    assert f"<strong>{alice.email}</strong>, confirmed" in page
    alices.post("/accounts/email/", {"email": "no address", "action_add": ""})
    assert EmailAddress.objects.get().verified
    assert f"<strong>{alice.email}</strong>, confirmed" in alices.get("/accounts/email/").content.decode()


def test_an_entered_address_that_somebody_else_confirmed_is_to_be_confirmed(
    alice: User, alices: Client, charlie: User, mail_server: MailServer
) -> None:
    EmailAddress.objects.create(user=charlie, email=alice.email, verified=True, primary=True)
    page = alices.get("/accounts/email/").content.decode()
    assert "Your account has none yet" in page
    assert "Send it again" in page
    assert not EmailAddress.objects.filter(user=alice).exists()
    alices.post("/accounts/email/", {"email": alice.email, "action_send": ""})
    assert mail_server.to(alice.email) == ["Parley: Confirm your email address"]


def test_a_confirmed_address_of_somebody_else_is_not_taken(
    alice: User, charlies: Client, mail_server: MailServer
) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    charlies.post("/accounts/email/", {"email": alice.email, "action_add": ""})
    answer = Client().post(link(mail_server), follow=True)
    assert "belongs to another account" in answer.content.decode()
    assert EmailAddress.objects.get(email=alice.email, verified=True).user == alice
