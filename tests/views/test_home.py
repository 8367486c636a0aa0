"""The door bell, the headers of every answer, and the log-in page."""

import re

import pytest
from django.db import connection
from django.test import Client

from chat.models import User
from tests.cast import PASSWORD


def test_healthz(guest: Client) -> None:
    answer = guest.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db(transaction=True)
def test_healthz_says_when_the_database_does_not_answer(guest: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO away")
        try:
            assert guest.get("/healthz").status_code == 503
            connection.ensure_connection()
        finally:
            connection.cursor().execute("ALTER TABLE away RENAME TO django_migrations")


def test_every_answer_carries_the_strict_policy(guest: Client, alices: Client) -> None:
    for answer in (guest.get("/accounts/login/"), alices.get("/conversations/"), guest.get("/nowhere/")):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.parametrize("login", ["alice", "alice@example.org"])
def test_log_in_and_out(guest: Client, alice: User, login: str) -> None:
    guest.post("/accounts/login/", {"login": login, "password": PASSWORD})
    assert guest.get("/conversations/").status_code == 200
    guest.post("/accounts/logout/")
    assert guest.get("/conversations/").status_code == 302


def test_a_wrong_password_says_the_same_as_an_unknown_account(guest: Client, alice: User) -> None:
    pages = [
        guest.post("/accounts/login/", {"login": login, "password": "wrong"}).content.decode()
        for login in ("alice", "nobody")
    ]
    assert all("not correct" in page for page in pages)


def test_a_browser_fills_in_the_user_name_that_it_kept(guest: Client) -> None:
    page = guest.get("/accounts/login/").content.decode()
    fields = dict(re.findall(r'<input[^>]* name="(login|password)"[^>]* autocomplete="([^"]*)"', page))
    assert fields == {"login": "username", "password": "current-password"}


def test_nobody_signs_up_by_themselves(guest: Client) -> None:
    page = guest.get("/accounts/signup/").content.decode()
    assert "invit" in page
    assert 'name="password1"' not in page
    guest.post("/accounts/signup/", {"username": "eve", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.filter(username="eve").exists()


def test_the_next_page_stays_on_this_site(guest: Client, alice: User) -> None:
    answer = guest.post(
        "/accounts/login/?next=https://evil.example/", {"login": "alice", "password": PASSWORD}
    )
    assert answer.headers["Location"] == "/"


def test_an_unknown_host_is_refused(guest: Client) -> None:
    assert guest.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
