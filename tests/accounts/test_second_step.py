"""Two-step log-in with codes and recovery codes, who must have it, and the way back in."""

import re
from time import time
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client

from chat.accounts.sentences import line_of
from chat.models import Action, AuditEntry, Conversation, User
from tests.accounts.codes import code_of
from tests.cast import PASSWORD

INDEX = "/accounts/2fa/"
SET_UP = f"{INDEX}totp/activate/"
PERIOD = 30  # s for which an app shows a code


def log_in(name: str) -> tuple[Client, str]:
    """With the password, and where that leads."""
    client = Client()
    return client, client.post("/accounts/login/", {"login": name, "password": PASSWORD})["location"]


def set_up_app(client: Client) -> str:
    """Its secret; the password is asked for once more before."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get(SET_UP).content.decode()
    (secret,) = re.findall(r'class="totp-key">([A-Z2-7]+)<', page)
    answer = client.post(SET_UP, {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r"<code>(\d+)</code>", client.get(f"{INDEX}recovery-codes/").content.decode())


@pytest.fixture
def here(alice: User) -> Client:
    client, _ = log_in("alice")
    return client


def is_in(client: Client) -> bool:
    return client.get("/conversations/").status_code == 200


def test_a_code_is_asked_for_after_the_password(here: Client) -> None:
    set_up_app(here)
    client, place = log_in("alice")
    assert place == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    offered = client.get(place).content.decode()
    assert "the code that your app shows" in offered
    assert "passkey" not in offered
    wrong = client.post(place, {"code": "000000"}).content.decode()
    assert "This code is wrong" in wrong
    assert not is_in(client)


def test_the_code_lets_in_once(here: Client) -> None:
    secret = set_up_app(here)
    with time_machine.travel(time() + 60, tick=False):  # the code that set it up is spent
        code = code_of(secret)
        client, place = log_in("alice")
        client.post(place, {"code": code})
        assert is_in(client)
        again, place = log_in("alice")
        again.post(place, {"code": code})
        assert not is_in(again)


def test_a_code_that_changed_while_it_was_typed_lets_in(here: Client) -> None:
    secret = set_up_app(here)
    with time_machine.travel(time() + 60, tick=False) as now:
        code = code_of(secret)
        now.shift(PERIOD)
        client, place = log_in("alice")
        client.post(place, {"code": code})
        assert is_in(client)


def test_the_code_of_a_phone_that_is_early_lets_in(here: Client) -> None:
    secret = set_up_app(here)
    with time_machine.travel(time() + 60, tick=False):
        client, place = log_in("alice")
        client.post(place, {"code": code_of(secret, later=1)})
        assert is_in(client)


@pytest.mark.parametrize("later", [-2, 2])
def test_one_that_is_further_off_does_not(here: Client, later: int) -> None:
    secret = set_up_app(here)
    with time_machine.travel(time() + 120, tick=False):
        client, place = log_in("alice")
        client.post(place, {"code": code_of(secret, later=later)})
        assert not is_in(client)


def test_the_code_that_set_it_up_is_spent(here: Client) -> None:
    with time_machine.travel(time(), tick=False):
        secret = set_up_app(here)
        client, place = log_in("alice")
        assert "used already" in client.post(place, {"code": code_of(secret)}).content.decode()


def test_a_spent_code_is_spent_for_as_long_as_it_would_be_right(here: Client) -> None:
    secret = set_up_app(here)
    with time_machine.travel((time() // PERIOD + 2) * PERIOD, tick=False) as now:
        code = code_of(secret)
        client, place = log_in("alice")
        client.post(place, {"code": code})
        assert is_in(client)
        now.shift(PERIOD + 1)  # by now allauth alone would take it again
        again, place = log_in("alice")
        assert "used already" in again.post(place, {"code": code}).content.decode()
        assert "used already" in client.post(f"{INDEX}reauthenticate/", {"code": code}).content.decode()


def test_a_recovery_code_lets_in_once(here: Client) -> None:
    set_up_app(here)
    code, *others = recovery_codes(here)
    assert len(others) == 9
    client, place = log_in("alice")
    client.post(place, {"code": code})
    assert is_in(client)
    again, place = log_in("alice")
    again.post(place, {"code": code})
    assert not is_in(again)


def test_new_recovery_codes_end_the_old_ones(here: Client) -> None:
    set_up_app(here)
    before = recovery_codes(here)
    here.post(f"{INDEX}recovery-codes/generate/")
    assert not set(before) & set(recovery_codes(here))


def test_a_removed_app_is_not_asked_for(here: Client, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(here)
    here.post(f"{INDEX}totp/deactivate/")
    assert log_in("alice")[1] == "/"
    entries = AuditEntry.objects.exclude(action=Action.LOGGED_IN).order_by("pk")
    assert list(entries.values_list("action", "detail")) == [
        (Action.FACTOR_ADDED, "app with codes"),
        (Action.FACTOR_ADDED, "recovery codes"),
        (Action.FACTOR_REMOVED, "app with codes"),
        (Action.FACTOR_REMOVED, "recovery codes"),
    ]


def test_the_password_is_typed_again_before_a_step_is_changed(alices: Client) -> None:
    for path in (SET_UP, f"{INDEX}webauthn/add/"):
        assert alices.get(path)["location"].startswith("/accounts/reauthenticate/")
    assert not Authenticator.objects.exists()


def test_guessing_codes_is_throttled(here: Client) -> None:
    set_up_app(here)
    client, place = log_in("alice")
    for _ in range(12):
        page = client.post(place, {"code": "000000"}).content.decode()
    assert "Too many" in page
    code = recovery_codes(here)[0]
    client.post(place, {"code": code})
    assert not is_in(client)


def test_the_page_holds_no_picture_from_elsewhere(here: Client) -> None:
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = here.get(SET_UP).content.decode()
    assert "<svg" in page
    assert "data:image" not in page
    assert " style=" not in page


def test_staff_must_set_one_up_where_that_is_asked(bob: User, alices: Client, settings: Any) -> None:
    settings.REQUIRE_MFA = "staff"
    client, _ = log_in("bob")
    for path in ("/conversations/", "/usage/all/", "/admin/"):
        assert client.get(path)["location"] == INDEX
    assert "Two-step log-in is asked for" in client.get(INDEX).content.decode()
    assert client.get("/replies/1/events/").status_code == 404
    assert client.get("/healthz").status_code == 200
    assert is_in(alices)
    set_up_app(client)
    assert is_in(client)


def test_what_is_sent_before_is_not_lost(alice: User, settings: Any) -> None:
    settings.REQUIRE_MFA = "all"
    client, _ = log_in("alice")
    sent = {"text": "My draft", "send_id": uuid4()}
    answer = client.post("/conversations/", sent)
    assert answer.status_code == 403
    assert "My draft" in answer.content.decode()
    by_htmx = client.post("/conversations/", sent, headers={"HX-Request": "true"})
    assert by_htmx.status_code == 403
    assert by_htmx["HX-Retarget"] == "#composer-notice"
    assert not Conversation.objects.exists()


def test_a_shared_chat_is_read_and_not_copied_before(alice: User, settings: Any) -> None:
    settings.REQUIRE_MFA = "all"
    client, _ = log_in("alice")
    assert client.get("/shared/none-such/").status_code == 404
    assert client.post("/shared/none-such/copy/").status_code == 403


def test_who_removes_the_last_one_sets_it_up_again(here: Client, settings: Any) -> None:
    settings.REQUIRE_MFA = "all"
    client, _ = log_in("alice")
    set_up_app(client)
    client.post(f"{INDEX}totp/deactivate/")
    assert client.get("/conversations/")["location"] == INDEX


def test_the_command_line_lets_somebody_back_in(here: Client, alice: User, capsys: Any) -> None:
    set_up_app(here)
    call_command("resetmfa", "alice")
    assert "with the password alone" in capsys.readouterr().out
    assert log_in("alice")[1] == "/"
    (entry,) = AuditEntry.objects.filter(action=Action.FACTOR_REMOVED)
    assert (
        line_of(entry, None, "alice").sentence
        == "the command line removed a second step of alice: all of them"
    )
    call_command("resetmfa", "alice")
    assert "no second step" in capsys.readouterr().out


def test_who_stands_at_the_second_step_when_it_is_reset_logs_in_anew(here: Client) -> None:
    set_up_app(here)
    client, place = log_in("alice")
    call_command("resetmfa", "alice")
    assert client.get(place)["location"] == "/accounts/login/"
    assert client.get("/accounts/login/").status_code == 200
    assert client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})["location"] == "/"
    assert is_in(client)


def test_the_admin_shows_no_secrets(bobs: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    page = bobs.get("/admin/").content.decode()
    for path in ("/admin/mfa/", "/admin/usersessions/"):
        assert path not in page
        assert bobs.get(path).status_code == 404
