"""createapikey: the key alone is what the command prints, and it is nowhere else."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from chat.models import ApiKey, AuditEntry, User


def run(*arguments: str) -> tuple[str, str]:
    """What went to stdout, and what to stderr."""
    out, err = io.StringIO(), io.StringIO()
    call_command("createapikey", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_prints_the_key_and_nothing_else(alice: User) -> None:
    out, err = run("alice", "--name", "ci")
    secret = out.removesuffix("\n")
    key = ApiKey.objects.by_secret(secret)
    assert key is not None
    assert (key.user, key.name, key.expires_at) == (alice, "ci", None)
    assert list(ApiKey.objects.usable()) == [key]
    assert "The key “ci” of alice works until it is disabled or deleted." in err
    assert secret not in err


def test_each_call_makes_another_key(alice: User) -> None:
    assert run("alice", "--name", "ci") != run("alice", "--name", "ci")
    assert ApiKey.objects.visible_to(alice).count() == 2


def test_it_is_in_the_audit_trail_without_the_key(alice: User) -> None:
    out, _ = run("alice", "--name", "ci")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.subject_id) == ("key_created", None, alice.pk)
    assert entry.detail == f"command line: {out[:10]}"


def test_days_end_it(alice: User) -> None:
    _, err = run("alice", "--name", "ci", "--days", "30")
    last = timezone.localdate() + timedelta(days=30)
    assert ApiKey.objects.get().last_day == last
    assert f"works to the end of {last}" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nobody", "--name", "ci"), "There is no user nobody"),
        (("alice",), "the following arguments are required: --name"),
        (("alice", "--name", " "), "A key needs a name."),
        (("alice", "--name", "x" * 101), "A name has at most 100 characters."),
        (("alice", "--name", "ci", "--days", "0"), "--days is a number from 1 to 3650."),
        (("alice", "--name", "ci", "--days", "9999999999"), "--days is a number from 1 to 3650."),
        (("alice", "--name", "ci", "--days", "soon"), "invalid int value: 'soon'"),
    ],
)
def test_what_cannot_be_is_said_and_makes_nothing(
    alice: User, arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)
    assert not ApiKey.objects.exists()
    assert not AuditEntry.objects.exists()


def test_fifty_keys_are_as_many_as_there_may_be(alice: User) -> None:
    for number in range(50):
        ApiKey.objects.issue(alice, name=f"Key {number}")
    with pytest.raises(CommandError, match="There are 50 keys, which is as many as a person may have"):
        run("alice", "--name", "ci")
