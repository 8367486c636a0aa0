"""What is kept of a key, and when it opens the endpoint."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import ApiKey, Call, User
from chat.models.api_key import USED_EVERY
from tests.usage.closing import opened


@pytest.fixture
def key(alice: User) -> ApiKey:
    return ApiKey.objects.issue(alice, name="Hers")[0]


def test_a_key_is_told_once_and_only_its_hash_and_its_beginning_are_kept(alice: User) -> None:
    key, secret = ApiKey.objects.issue(alice, name="Hers")
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert secret.startswith("pk-") and len(secret) == 46
    assert row["prefix"] == secret[:10]
    assert not any(secret[10:] in str(value) for value in row.values())


def test_no_two_keys_are_the_same(alice: User) -> None:
    secrets = {ApiKey.objects.issue(alice, name="Hers")[1] for _ in range(20)}
    assert len(secrets) == 20


def test_a_key_is_found_with_its_user_in_one_query(alice: User) -> None:
    key, secret = ApiKey.objects.issue(alice, name="Hers")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = ApiKey.objects.by_secret(secret)
        assert found == key and found.user == alice
    assert len(queries) == 1


@pytest.mark.parametrize("wrong", ["", "pk-", "x" * 100_000, "päss", "\x00", "\ud800"])
def test_what_is_no_key_finds_none(key: ApiKey, wrong: str) -> None:
    assert ApiKey.objects.by_secret(wrong) is None


def test_the_beginning_and_the_hash_of_a_key_find_none(key: ApiKey) -> None:
    assert ApiKey.objects.by_secret(key.prefix) is None
    assert ApiKey.objects.by_secret(key.key_hash) is None


def test_a_key_is_visible_to_its_user_alone(key: ApiKey, alice: User, bob: User, charlie: User) -> None:
    assert key in ApiKey.objects.visible_to(alice)
    assert key not in ApiKey.objects.visible_to(bob)
    assert key not in ApiKey.objects.visible_to(charlie)


def test_a_disabled_key_is_found_but_not_usable_until_it_is_enabled(key: ApiKey) -> None:
    assert _usable(key)
    assert key.enable(False)
    assert not _usable(key)
    assert key.enable(True)
    assert _usable(key)


def test_enabling_what_is_enabled_changes_nothing(key: ApiKey) -> None:
    assert not key.enable(True)


def test_a_key_expires_at_its_time(key: ApiKey) -> None:
    ApiKey.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert _usable(key)
    ApiKey.objects.update(expires_at=timezone.now())
    assert not _usable(key)
    key.refresh_from_db()
    assert key.has_expired


def test_the_keys_of_somebody_who_may_not_log_in_are_not_usable(key: ApiKey, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert not _usable(key)


def test_its_use_is_noted_once_a_minute(key: ApiKey) -> None:
    key.touch()
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    with CaptureQueriesContext(connection) as queries:
        key.touch()
    assert len(queries) == 0
    stale = ApiKey.objects.get()
    stale.last_used_at = None  # as another process read it before
    stale.touch()
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - USED_EVERY)
    later = ApiKey.objects.get()
    later.touch()
    assert ApiKey.objects.get().last_used_at == later.last_used_at
    assert later.last_used_at is not None and later.last_used_at >= first


def test_deleting_a_key_leaves_its_calls(key: ApiKey, alice: User) -> None:
    call = opened(alice, api_key_id=key.pk)
    number = key.pk
    key.delete()
    assert Call.objects.get(pk=call.pk).api_key_id == number


def _usable(key: ApiKey) -> bool:
    return ApiKey.objects.usable().filter(pk=key.pk).exists()
