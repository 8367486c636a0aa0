"""The forms for a new password speak as the sign-up form does."""

import re
from typing import Any

from django.test import Client

from chat.accounts.passwords import PASSWORD_HELP
from chat.models import User
from tests.accounts.mail import link, use
from tests.cast import PASSWORD
from tests.mail_server import MailServer

CHANGE = "/accounts/password/change/"
NEW = "a battery of horses"


def test_every_page_that_takes_a_new_password_says_the_same_of_it(
    alice: User, alices: Client, guest: Client, mail_server: MailServer, settings: Any
) -> None:
    use(settings, mail_server.port)
    guest.post("/accounts/password/reset/", {"email": alice.email})
    for page in (alices.get(CHANGE), guest.get(link(mail_server), follow=True)):
        words = page.content.decode()
        assert PASSWORD_HELP in words
        assert re.findall(r"<label[^>]*>([^<]*)", words)[-2:] == ["New password", "New password (again)"]
        assert "Your password can" not in words


def test_what_is_wrong_is_said_beside_its_field_and_changes_nothing(alices: Client, alice: User) -> None:
    for given in ({"oldpassword": "wrong"}, {"password1": "12345678"}, {"password2": "another"}):
        form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW} | given
        page = alices.post(CHANGE, form)
        assert page.status_code == 200
        assert 'class="field-error"' in page.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    alices.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_an_account_without_a_password_sets_one(alices: Client, alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    alices.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert PASSWORD_HELP in alices.get("/accounts/password/set/").content.decode()
    alices.post("/accounts/password/set/", {"password1": NEW, "password2": NEW})
    alice.refresh_from_db()
    assert alice.check_password(NEW)
