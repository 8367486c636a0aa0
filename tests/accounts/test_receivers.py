"""Log-ins, log-outs and passwords in the audit trail; what was typed is never kept."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core.cache import cache
from django.test import Client

from chat.accounts.receivers import AND_MORE, MOST_FAILURES
from chat.models import Action, AuditEntry, User
from tests.cast import PASSWORD

HERE = "127.0.0.1"
TYPED = "my-secret-passphrase"


@pytest.fixture(autouse=True)
def nobody_is_throttled(db: None) -> None:
    cache.clear()


def log_in(guest: Client, name: str, password: str) -> int:
    return guest.post("/accounts/login/", {"login": name, "password": password}).status_code


def newest() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


@pytest.mark.parametrize("name", ["alice", "alice@example.org"])
def test_a_log_in_and_a_log_out_are_entered_with_their_address(guest: Client, alice: User, name: str) -> None:
    assert log_in(guest, name, PASSWORD) == 302
    guest.post("/accounts/logout/")
    entries = AuditEntry.objects.order_by("pk").values_list("action", "actor", "subject", "address")
    assert list(entries) == [
        (Action.LOGGED_IN, alice.pk, None, HERE),
        (Action.LOGGED_OUT, alice.pk, None, HERE),
    ]


@pytest.mark.parametrize("name", ["alice", "ALICE", "alice@example.org", "Alice@Example.org"])
def test_a_failure_is_about_the_account_that_was_named(guest: Client, alice: User, name: str) -> None:
    assert log_in(guest, name, TYPED) == 200
    entry = newest()
    assert (entry.action, entry.actor_id, entry.subject_id) == (Action.LOG_IN_FAILED, None, alice.pk)
    assert entry.address == HERE


@pytest.mark.parametrize("name", [TYPED, f"{TYPED}@example.org", f"alice{TYPED}"])
def test_what_was_typed_as_a_name_is_not_kept(guest: Client, alice: User, name: str) -> None:
    log_in(guest, name, TYPED)
    assert (newest().action, newest().subject_id, newest().detail) == (Action.LOG_IN_FAILED, None, "")
    assert not [row for row in AuditEntry.objects.values() if TYPED in str(row)]


def test_the_right_password_of_a_disabled_account_is_a_failure(guest: Client, alice: User) -> None:
    User.objects.update(is_active=False)
    log_in(guest, "alice", PASSWORD)
    assert (newest().action, newest().subject_id) == (Action.LOG_IN_FAILED, alice.pk)


def test_one_address_writes_no_more_rows_than_it_may_fail(guest: Client, alice: User) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False):  # it may fail so often in a minute
        for number in range(30):
            log_in(guest, f"nobody-{number}", TYPED)
    assert 5 <= AuditEntry.objects.count() <= 10


def test_many_addresses_write_only_so_many_rows_in_a_minute(alice: User) -> None:
    AuditEntry.objects.bulk_create(AuditEntry(action=Action.LOG_IN_FAILED) for _ in range(MOST_FAILURES - 1))
    for number in range(3):
        assert authenticate(None, username=f"nobody-{number}", password=TYPED) is None
    assert AuditEntry.objects.count() == MOST_FAILURES
    assert [entry.pk for entry in AuditEntry.objects.filter(detail=AND_MORE)] == [newest().pk]


def test_a_log_out_without_a_session_writes_nothing(guest: Client) -> None:
    for _ in range(3):
        guest.post("/accounts/logout/")
    assert not AuditEntry.objects.exists()


def test_a_changed_password_is_entered_and_a_refused_one_is_not(alices: Client, alice: User) -> None:
    def change(old: str) -> int:
        new = {"oldpassword": old, "password1": TYPED, "password2": TYPED}
        return alices.post("/accounts/password/change/", new).status_code

    assert change("wrong") == 200
    assert not AuditEntry.objects.filter(action=Action.PASSWORD_CHANGED).exists()
    assert change(PASSWORD) == 302
    entry = AuditEntry.objects.get(action=Action.PASSWORD_CHANGED)
    assert (entry.actor_id, entry.subject_id, entry.detail, entry.address) == (alice.pk, None, "", HERE)


def test_the_addresses_of_an_erased_user_are_forgotten_and_nobody_elses(
    guest: Client, alice: User, bob: User
) -> None:
    record = AuditEntry.objects.record
    hers = record(Action.LOGGED_IN, actor=alice, address=HERE)
    tried = record(Action.LOG_IN_FAILED, subject=alice, address=HERE)
    of_bob = record(Action.USAGE_SEEN, actor=bob, subject=alice, address=HERE)
    AuditEntry.objects.forget_addresses_of(alice)
    addresses = dict(AuditEntry.objects.values_list("pk", "address"))
    assert addresses == {hers.pk: None, tried.pk: None, of_bob.pk: HERE}
