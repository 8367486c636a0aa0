"""The list of one's own sessions, and the end of them."""

import getpass
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from chat.accounts.browsers import browser_name
from chat.accounts.sessions import open_sessions
from chat.accounts.setup_link import setup_token
from chat.models import Action, AuditEntry, User
from tests.cast import PASSWORD

LIST = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36"
EDGE = f"{CHROME} Edg/150.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1"


def log_in(name: str, agent: str = FIREFOX, address: str = "203.0.113.7") -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    assert client.post("/accounts/login/", {"login": name, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/conversations/").status_code == 200


def shown(client: Client) -> str:
    return client.get(LIST).content.decode()


def ids(client: Client) -> list[int]:
    """Of the list, the newest first."""
    return [session.pk for session in client.get(LIST).context["sessions"]]


@pytest.fixture
def here(alice: User) -> Client:
    return log_in("alice")


@pytest.fixture
def there(here: Client) -> Client:
    return log_in("alice", IPHONE, "198.51.100.9")


def test_one_sees_where_one_is_logged_in(here: Client, there: Client) -> None:
    page = shown(here)
    for words in ("Firefox on Linux", "203.0.113.7", "Safari on iPhone", "198.51.100.9"):
        assert words in page
    assert page.count("this one") == 1


def test_sign_out_there_ends_that_one(here: Client, there: Client) -> None:
    newest, _ = ids(here)
    assert here.post(f"{LIST}{newest}/end/").status_code == 303
    assert is_in(here)
    assert not is_in(there)
    assert len(ids(here)) == 1
    assert AuditEntry.objects.filter(action=Action.SESSION_ENDED).count() == 1


def test_sign_out_here_is_a_log_out(here: Client, there: Client) -> None:
    _, oldest = ids(here)
    assert here.post(f"{LIST}{oldest}/end/")["location"] == "/accounts/login/"
    assert not is_in(here)
    assert is_in(there)


def test_sign_out_everywhere_else(here: Client, there: Client) -> None:
    here.post(f"{LIST}others/end/")
    assert is_in(here)
    assert not is_in(there)


def test_sign_out_everywhere(here: Client, there: Client) -> None:
    assert here.post(f"{LIST}end/")["location"] == "/accounts/login/"
    assert not is_in(here)
    assert not is_in(there)


def test_a_new_password_ends_the_others(here: Client, there: Client) -> None:
    new = {"oldpassword": PASSWORD, "password1": "a battery of horses", "password2": "a battery of horses"}
    here.post("/accounts/password/change/", new)
    assert is_in(here)
    assert not is_in(there)
    assert len(ids(here)) == 1


def test_a_password_that_an_administrator_sets_ends_them(alice: User, here: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    bobs = log_in("bob")
    new = {"usable_password": "true", "password1": "a battery of horses", "password2": "a battery of horses"}
    assert bobs.post(f"/admin/chat/user/{alice.pk}/password/", new).status_code == 302
    assert not open_sessions(alice).exists()  # what is followed there ends with them
    assert is_in(bobs)


def test_a_new_password_that_is_set_at_the_console_ends_them_all(
    here: Client, there: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda **_: "a battery of horses")
    call_command("changepassword", "alice", stdout=StringIO())
    assert not open_sessions(alice)
    assert not is_in(here)


def test_one_that_was_logged_out_of_is_not_listed(here: Client, there: Client) -> None:
    there.post("/accounts/logout/")
    assert len(ids(here)) == 1


def test_the_first_administrators_session_is_listed_too(db: None) -> None:
    first = Client()
    first.post(
        f"/setup/{setup_token()}/", {"username": "alice", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert len(ids(first)) == 1


def test_sessions_of_somebody_else_are_not_there(here: Client, charlie: User, guest: Client) -> None:
    charlies = log_in("charlie")
    (alices,) = ids(here)
    assert alices not in ids(charlies)
    assert charlies.post(f"{LIST}{alices}/end/").status_code == 404
    assert guest.post(f"{LIST}{alices}/end/").status_code == 302
    assert guest.get(LIST).status_code == 302
    assert is_in(here)


def test_looking_ends_nothing(here: Client, there: Client) -> None:
    newest, _ = ids(here)
    for path in (f"{LIST}{newest}/end/", f"{LIST}end/", f"{LIST}others/end/"):
        assert here.get(path).status_code == 405
    assert is_in(there)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (CHROME, "Chrome on Windows"),
        (EDGE, "Edge on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("curl/8.0", "Another program"),
        ("", "Another program"),
        ("<b>Linux</b>", "Linux"),
    ],
)
def test_a_browser_has_a_name(agent: str, name: str) -> None:
    assert browser_name(agent) == name
