"""A deletion whose process died over it comes to its end without anybody asking again."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from chat.accounts import erasure
from chat.accounts.leaving import Leaving
from chat.jobs import Runner, line
from chat.models import Action, AuditEntry, Conversation, Job, JobKind, User
from chat.models.job import AFTER
from tests.said import asked
from tests.site import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_runner(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Runner]]:
    monkeypatch.setattr(line, "LOOK", 0.1)
    opened: list[Runner] = []

    def open_one() -> Runner:
        opened.append(Runner.open({JobKind.LEAVE: Leaving}))
        return opened[-1]

    yield open_one
    for runner in opened:
        runner.close()


def cut_off(user: User, *, overdue: bool) -> None:
    """As a killed process leaves it: nothing can log in, and what comes next never came."""
    asked(Conversation.objects.create(owner=user, title="Hers"), f"Canary {uuid4()}")
    erasure.leave(user)
    asked(Conversation.objects.create(owner=user, title="Left behind"), "Canary")
    if overdue:
        Job.objects.update(result={AFTER: 0})


def test_one_of_several_processes_brings_it_to_its_end(
    alice: User, charlie: User, open_runner: Callable[[], Runner]
) -> None:
    number = alice.pk
    cut_off(alice, overdue=True)
    for _ in range(3):
        open_runner()
    wait_for(lambda: not User.objects.filter(pk=number).exists(), "the account to go")
    assert not Conversation.objects.exists()
    assert list(User.objects.all()) == [charlie]
    (entry,) = AuditEntry.objects.filter(action=Action.USER_DELETED)
    assert (entry.actor_id, entry.subject_id) == (None, number)
    assert entry.is_from_site
    assert not Job.objects.exists()


def test_one_that_goes_on_is_left_alone(
    alice: User, charlie: User, open_runner: Callable[[], Runner]
) -> None:
    """Jobs of a line are looked at in their order: when the second is done, the first was not taken."""
    cut_off(alice, overdue=False)
    erasure.leave(charlie)
    Job.objects.filter(owner=charlie).update(result={AFTER: 0})
    open_runner()
    wait_for(lambda: not User.objects.filter(username="charlie").exists(), "the other account to go")
    assert list(User.objects.all()) == [alice]


def test_one_that_ended_in_time_leaves_no_job(alice: User) -> None:
    erasure.leave(alice)
    assert Job.objects.filter(owner=alice, kind=JobKind.LEAVE).count() == 1
    erasure.erase(alice)
    assert not Job.objects.exists()


def test_a_second_one_that_comes_after_the_end_leaves_no_job(alice: User) -> None:
    User.objects.filter(pk=alice.pk).delete()
    erasure.leave(alice)
    assert not Job.objects.exists()
