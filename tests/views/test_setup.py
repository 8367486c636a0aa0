"""The set-up link makes one administrator, once."""

import re

import pytest
from django.test import Client

from chat.accounts.setup_link import setup_token
from chat.models import User

FIELDS = {"username": "alice", "password1": "correct horse battery", "password2": "correct horse battery"}


@pytest.fixture
def url() -> str:
    return f"/setup/{setup_token()}/"


def test_it_creates_the_administrator_and_logs_in(guest: Client, url: str) -> None:
    assert guest.get(url).status_code == 200
    answer = guest.post(url, FIELDS, follow=True)
    user = User.objects.get()
    assert user.is_staff
    assert user.is_superuser
    assert answer.wsgi_request.user == user


def test_it_is_dead_after_the_first_account(guest: Client, url: str) -> None:
    guest.post(url, FIELDS)
    for stranger in (Client(), guest):
        assert stranger.get(url).status_code == 404
        assert stranger.post(url, FIELDS | {"username": "eve"}).status_code == 404
    assert User.objects.count() == 1


def test_it_stays_dead_when_no_account_is_left(guest: Client, url: str) -> None:
    """Whoever read the link in a log once would become the administrator of what others wrote."""
    guest.post(url, FIELDS)
    User.objects.all().delete()
    assert guest.get(url).status_code == 404
    assert guest.post(url, FIELDS | {"username": "eve"}).status_code == 404
    assert not User.objects.exists()


def test_who_comes_to_the_log_in_page_first_is_told_of_the_link(guest: Client, url: str) -> None:
    assert "makes the first administrator" in guest.get("/accounts/login/").content.decode()
    guest.post(url, FIELDS)
    assert "first administrator" not in Client().get("/accounts/login/").content.decode()


@pytest.mark.parametrize("token", ["wrong", "0" * 40, "a"])
def test_a_wrong_token_is_a_404(guest: Client, token: str) -> None:
    assert guest.get(f"/setup/{token}/").status_code == 404
    assert guest.post(f"/setup/{token}/", FIELDS).status_code == 404
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"password2": "another one"}, {"username": ""}, {"password1": "12345678", "password2": "12345678"}],
)
def test_a_form_that_is_wrong_says_so_and_stays_usable(
    guest: Client, url: str, wrong: dict[str, str]
) -> None:
    answer = guest.post(url, FIELDS | wrong)
    assert answer.status_code == 422
    assert "error" in answer.content.decode()
    assert not User.objects.exists()
    assert guest.post(url, FIELDS).status_code == 303


def autofocused(page: str) -> list[str]:
    return [name for name in FIELDS if re.search(rf'name="{name}"[^>]* autofocus', page)]


def test_a_wrong_form_says_all_that_is_wrong_and_waits_at_the_first_of_it(guest: Client, url: str) -> None:
    assert autofocused(guest.get(url).content.decode()) == ["username"]
    page = guest.post(url, FIELDS | {"password1": "short", "password2": "other"}).content.decode()
    assert "too short" in page
    assert "match" in page
    assert autofocused(page) == ["password1"]
    assert autofocused(guest.post(url, FIELDS | {"username": "a b"}).content.decode()) == ["username"]


def test_roles_are_not_taken_from_the_form(guest: Client, url: str) -> None:
    guest.post(url, FIELDS | {"is_active": "", "id": "99"})
    user = User.objects.get()
    assert user.is_active
    assert user.pk != 99
