"""Guessing is slowed down, by name and by address; the answers do not tell who has an account."""

from collections.abc import Iterator
from datetime import UTC, datetime
from time import thread_time
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from chat.models import User
from tests.cast import PASSWORD

LOG_IN = "/accounts/login/"
LIMIT = 5  # failures a name in five minutes
AN_ADDRESS = 10  # failures an address in a minute


def tried(login: str, password: str = "wrong", **headers: str) -> tuple[int, str]:
    """From one address unless a header says another; status and page."""
    client = Client(headers=headers or None)
    answer = client.post(LOG_IN, {"login": login, "password": password})
    return answer.status_code, answer.content.decode()


def test_after_five_failures_the_right_password_does_not_help(alice: User) -> None:
    for _ in range(LIMIT):
        assert "Too many" not in tried("alice")[1]
    status, page = tried("alice", PASSWORD)
    assert status == 200
    assert "Too many" in page


@pytest.fixture
def one_minute() -> Iterator[None]:
    """Tries are counted by the minute, and hashing so many takes longer on a busy machine: the clock stands."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def test_a_name_without_an_account_is_throttled_in_the_same_way(alice: User) -> None:
    pages = [[tried(name)[1].replace(name, "NAME") for _ in range(LIMIT + 1)] for name in ("alice", "nobody")]
    strip = [[page[page.index("<h1>") :].split("csrfmiddlewaretoken")[0] for page in each] for each in pages]
    assert strip[0] == strip[1]


@pytest.mark.parametrize("unknown", ["nobody", "nobody@example.org"])
def test_a_name_without_an_account_takes_as_long(alice: User, unknown: str) -> None:
    """Hashing is most of it, and costs hundreds of times what the rest does."""
    took: dict[str, list[float]] = {"alice": [], unknown: []}
    for _ in range(3):
        for name, times in took.items():
            began = thread_time()
            tried(name)
            times.append(thread_time() - began)
    known, stranger = (min(times) for times in took.values())
    assert known / 2 < stranger < known * 2


@pytest.mark.usefixtures("one_minute")
def test_one_address_is_throttled_over_all_names(alice: User) -> None:
    for number in range(AN_ADDRESS):
        tried(f"name-{number}")
    assert tried("alice", PASSWORD)[0] == 200


@pytest.mark.usefixtures("one_minute")
def test_the_address_is_what_the_trusted_proxy_says(alice: User, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(AN_ADDRESS):
        tried(f"name-{number}", **{"X-Forwarded-For": f"192.0.2.{number}, 203.0.113.7"})
    assert tried("alice", PASSWORD, **{"X-Forwarded-For": "203.0.113.7"})[0] == 200
    assert tried("alice", PASSWORD, **{"X-Forwarded-For": "203.0.113.7, 203.0.113.8"})[0] == 302


@pytest.mark.usefixtures("one_minute")
def test_without_a_proxy_the_header_says_nothing(alice: User) -> None:
    for number in range(AN_ADDRESS):
        tried(f"name-{number}", **{"X-Forwarded-For": f"192.0.2.{number}"})
    assert tried("alice", PASSWORD, **{"X-Forwarded-For": "192.0.2.200"})[0] == 200


def test_many_names_do_not_push_out_the_count_of_one(alice: User) -> None:
    for _ in range(LIMIT):
        tried("alice")
    for number in range(400):  # Django's own limit would be 300
        cache.set(f"filler-{number}", number)
    assert tried("alice", PASSWORD)[0] == 200


def test_the_admin_has_no_door_of_its_own(bob: User, guest: Client) -> None:
    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    answer = guest.post("/admin/login/", {"username": "bob", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["location"].startswith(LOG_IN)
    assert guest.get("/admin/")["location"].startswith("/admin/login/")
    assert not guest.session.get("_auth_user_id")


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "https:evil.example"]
)
def test_the_log_in_leads_nowhere_else(alice: User, guest: Client, place: str) -> None:
    answer = guest.post(LOG_IN, {"login": "alice", "password": PASSWORD, "next": place})
    assert answer["location"] == "/"
    assert guest.post("/accounts/logout/", {"next": place})["location"] == LOG_IN


def test_a_log_in_leads_back_to_where_it_was_asked_for(alice: User, guest: Client) -> None:
    answer = guest.post(LOG_IN, {"login": "alice", "password": PASSWORD, "next": "/usage/"})
    assert answer["location"] == "/usage/"
