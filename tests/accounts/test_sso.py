"""Single sign-on at a real provider: who is let in, and as whom."""

from copy import deepcopy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from chat.models import Action, AuditEntry, Invitation, User
from config import environment as env
from tests.accounts.inviting import invite
from tests.accounts.provider import LOG_IN, Provider, go, leave, provider
from tests.accounts.test_second_step import log_in, set_up_app
from tests.cast import PASSWORD

__all__ = ["provider"]


@pytest.fixture(autouse=True)
def _configured(settings: Any, provider: Provider) -> None:
    use(settings, provider.url)


def use(settings: Any, url: str) -> None:
    settings.OIDC = env.SingleSignOn(url, "parley", "sso-secret")
    providers = deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    app = {"provider_id": "sso", "name": "SSO", "client_id": "parley", "secret": "sso-secret"}
    providers["openid_connect"]["APPS"] = [app | {"settings": {"server_url": url}}]
    settings.SOCIALACCOUNT_PROVIDERS = providers


def user_of(answer: Any) -> str:
    return answer.wsgi_request.user.username


def test_who_comes_by_it_has_an_account_where_signing_up_is_open(
    bob: User, guest: Client, provider: Provider, settings: Any
) -> None:
    settings.SIGNUP = "open"
    provider.knows("1", email="dora@example.org", email_verified=True, preferred_username="dora")
    assert user_of(go(guest, "1")) == "dora"
    dora = User.objects.get(username="dora")
    assert not dora.has_usable_password()
    assert not dora.is_staff
    assert EmailAddress.objects.get(user=dora).verified
    assert AuditEntry.objects.get(action=Action.SIGNED_UP).detail == "by single sign-on"
    assert user_of(go(Client(), "1")) == "dora"
    assert User.objects.count() == 2
    assert not SocialToken.objects.exists()


def test_without_an_invitation_nobody_new_is_let_in(bob: User, guest: Client, provider: Provider) -> None:
    provider.knows("2", email="dora@example.org", email_verified=True)
    answer = go(guest, "2")
    assert "By invitation only" in answer.content.decode()
    assert User.objects.count() == 1


def test_an_invitation_is_taken_along_and_spent(bobs: Client, guest: Client, provider: Provider) -> None:
    provider.knows("3", email="dora@example.org", email_verified=True, preferred_username="dora")
    path = invite(bobs, role="staff")
    assert f"{path}sso/" in guest.get(path).content.decode()
    assert user_of(go(guest, "3", f"{path}sso/")) == "dora"
    assert User.objects.get(username="dora").is_staff
    assert Invitation.objects.get().used_by == User.objects.get(username="dora")
    assert Client().post(f"{path}sso/").status_code == 404


@pytest.mark.parametrize(
    ("email", "confirmed", "is_let_in"),
    [
        ("dora@example.org", True, True),
        ("dora@example.org", "true", True),
        ("dora@example.org", False, False),
        ("dora@example.org", "false", False),
        ("dora@example.com", True, False),
    ],
)
def test_a_confirmed_address_of_the_domain_lets_in(
    bob: User,
    guest: Client,
    provider: Provider,
    settings: Any,
    email: str,
    confirmed: object,
    is_let_in: bool,
) -> None:
    settings.SIGNUP, settings.SIGNUP_DOMAINS = "domains", ["example.org"]
    provider.knows("4", email=email, email_verified=confirmed, preferred_username="dora")
    go(guest, "4")
    assert User.objects.filter(username="dora").exists() == is_let_in


def test_an_account_is_recognised_by_an_address_that_both_have_confirmed(
    alice: User, guest: Client, provider: Provider
) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    provider.knows("5", email=alice.email, email_verified=True)
    assert user_of(go(guest, "5")) == "alice"
    assert SocialAccount.objects.get().user == alice
    assert log_in("alice")[1] == "/"  # the password is as it was


def test_an_account_is_recognised_by_an_address_that_an_administrator_entered(
    alice: User, guest: Client, provider: Provider
) -> None:
    provider.knows("6", email=alice.email.upper(), email_verified=True)
    assert user_of(go(guest, "6")) == "alice"


@pytest.mark.parametrize(("here", "there"), [(False, True), (True, False), (True, "false"), (False, False)])
def test_an_address_that_one_side_has_not_confirmed_opens_no_account(
    alice: User, guest: Client, provider: Provider, settings: Any, here: bool, there: object
) -> None:
    settings.SIGNUP = "open"
    EmailAddress.objects.create(user=alice, email=alice.email, verified=here, primary=True)
    provider.knows("7", email=alice.email, email_verified=there)
    answer = go(guest, "7")
    assert answer.status_code == 409
    assert "connect it under" in answer.content.decode()
    assert not answer.wsgi_request.user.is_authenticated
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_one_connects_it_and_disconnects_it(alice: User, provider: Provider) -> None:
    provider.knows("8", email="elsewhere@example.com", email_verified=False)
    client, _ = log_in("alice")
    go(client, "8", f"{LOG_IN}?process=connect")
    assert SocialAccount.objects.get().user == alice
    assert user_of(go(Client(), "8")) == "alice"
    client.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()


def test_the_second_step_is_asked_for_after_it_too(alice: User, guest: Client, provider: Provider) -> None:
    provider.knows("9", email=alice.email, email_verified=True)
    client, _ = log_in("alice")
    set_up_app(client)
    answer = go(guest, "9")
    assert answer.redirect_chain[-1][0] == "/accounts/2fa/authenticate/"
    assert not answer.wsgi_request.user.is_authenticated


def test_who_is_switched_off_is_not_let_in(alice: User, guest: Client, provider: Provider) -> None:
    provider.knows("10", email=alice.email, email_verified=True)
    User.objects.update(is_active=False)
    answer = go(guest, "10")
    assert not answer.wsgi_request.user.is_authenticated


def test_who_turns_back_is_told_so(bob: User, guest: Client) -> None:
    """The suite's provider forgets the state when it is told to deny, which the standard wants it to send."""
    state = parse_qs(urlsplit(leave(guest)).query)["state"][0]
    answer = guest.get(f"{LOG_IN}callback/?error=access_denied&state={state}", follow=True)
    assert "Nothing was changed" in answer.content.decode()


def test_an_answer_that_nobody_asked_for_lets_nobody_in(bob: User, guest: Client) -> None:
    answer = guest.get(f"{LOG_IN}callback/?code=abc&state=abc", follow=True)
    assert "Signing in failed" in answer.content.decode()
    assert not answer.wsgi_request.user.is_authenticated


def test_looking_at_it_goes_nowhere(guest: Client, bob: User) -> None:
    page = guest.get(LOG_IN).content.decode()
    assert "Go on" in page
    assert "refresh" not in page


def test_a_provider_that_is_away_is_said(bob: User, guest: Client, settings: Any) -> None:
    use(settings, "http://127.0.0.1:9")
    answer = guest.post(LOG_IN)
    assert answer.status_code == 502
    assert "did not answer" in answer.content.decode()


def test_without_a_provider_it_is_not_there(
    alices: Client, bobs: Client, guest: Client, settings: Any
) -> None:
    path = f"{invite(bobs)}sso/"
    settings.OIDC = None
    for answer in (guest.post(LOG_IN), alices.get("/accounts/3rdparty/"), guest.post(path)):
        assert answer.status_code == 404
    assert "Sign in with" not in guest.get("/accounts/login/").content.decode()


def test_no_form_is_filled_in_after_it(guest: Client, bob: User) -> None:
    assert guest.get("/accounts/3rdparty/signup/").status_code == 404
    assert (
        guest.post("/accounts/3rdparty/signup/", {"username": "x", "password": PASSWORD}).status_code == 404
    )


def test_a_part_of_the_settings_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("OIDC_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    assert env.single_sign_on(*names) is None
    monkeypatch.setenv("OIDC_URL", "https://id.example.org")
    with pytest.raises(ImproperlyConfigured, match="not set: OIDC_CLIENT_ID, OIDC_CLIENT_SECRET"):
        env.single_sign_on(*names)
