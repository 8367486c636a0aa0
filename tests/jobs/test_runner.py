"""Jobs of one kind do not wait for those of another; one that was put off waits for its time."""

import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.db import connection

from chat.jobs import Runner, Work, wake
from chat.models import Job, JobKind, User
from chat.models.job import AFTER
from tests.site import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


class Slow(Work):
    """Runs until a test lets it go, or until it is to end."""

    go: ClassVar[threading.Event]
    began: ClassVar[threading.Event]

    def run(self) -> None:
        self.began.set()
        while not self.go.wait(0.01) and not self._ending.is_set():
            pass
        if not self._ending.is_set():
            Job.objects.all().finish(self._job.pk, self._worker, state="done", result={})


class Quick(Work):
    def run(self) -> None:
        Job.objects.all().finish(self._job.pk, self._worker, state="done", result={})


class Listed(Quick):
    """Notes, with each run, how often the line had been read by then."""

    readings: ClassVar[int]
    at_runs: ClassVar[list[int]]

    @classmethod
    def sweep(cls) -> None:
        cls.readings, cls.at_runs = 0, []
        connection.execute_wrappers.append(cls.count)

    @classmethod
    def count(cls, execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        cls.readings += sql.startswith("SELECT") and '"chat_job"."state" IN' in sql
        return execute(sql, *args)

    def run(self) -> None:
        self.at_runs.append(self.readings)
        super().run()


@pytest.fixture
def open_runner(transactional_db: None) -> Iterator[Callable[[], Runner]]:
    Slow.go, Slow.began = threading.Event(), threading.Event()
    opened: list[Runner] = []

    def open_one() -> Runner:
        opened.append(Runner.open({JobKind.IMPORT: Slow, JobKind.MAIL: Quick}))
        return opened[-1]

    yield open_one
    for runner in opened:
        runner.close()


def job(owner: User, kind: str) -> Job:
    return Job.objects.create(owner=owner, kind=kind, name="x")


def test_a_mail_does_not_wait_behind_an_import(alice: User, open_runner: Callable[[], Runner]) -> None:
    slow = job(alice, "import")
    open_runner()
    assert Slow.began.wait(10)
    quick = job(alice, "mail")
    wake(JobKind.MAIL)
    wait_for(lambda: Job.objects.get(pk=quick.pk).state == "done", "the mail")
    assert Job.objects.get(pk=slow.pk).state == "running"
    Slow.go.set()
    wait_for(lambda: Job.objects.get(pk=slow.pk).state == "done", "the import")


def test_the_line_is_read_once_for_all_that_waits_in_it(alice: User) -> None:
    Job.objects.bulk_create(Job(owner=alice, kind=JobKind.MAIL, name="x") for _ in range(20))
    runner = Runner.open({JobKind.MAIL: Listed})
    wait_for(lambda: not Job.objects.open().exists(), "all mails")
    runner.close()
    assert len(Listed.at_runs) == 20
    assert set(Listed.at_runs) == {Listed.at_runs[0]}


def test_what_another_process_puts_off_after_the_line_was_read_is_left_for_its_time(
    alice: User, open_runner: Callable[[], Runner]
) -> None:
    first, second = job(alice, "import"), job(alice, "import")
    open_runner()
    assert Slow.began.wait(10)  # the first; both were due when the line was read
    other = uuid4()
    assert Job.objects.filter(pk=second.pk, state="queued").update(state="running", worker=other, beat=1)
    assert Job.objects.all().put_off(second.pk, other, seconds=3600, done=1, result={})
    third = job(alice, "import")
    Slow.go.set()
    wait_for(lambda: Job.objects.get(pk=third.pk).state == "done", "the one behind it")
    assert Job.objects.get(pk=first.pk).state == "done"
    assert Job.objects.get(pk=second.pk).state == "queued"


def test_a_runner_that_closes_gives_back_what_it_runs(alice: User, open_runner: Callable[[], Runner]) -> None:
    slow = job(alice, "import")
    runner = open_runner()
    assert Slow.began.wait(10)
    runner.close()
    slow.refresh_from_db()
    assert (slow.state, slow.worker) == ("queued", None)


def test_what_was_put_off_lets_others_pass_and_comes_when_it_is_due(
    alice: User, open_runner: Callable[[], Runner]
) -> None:
    later, now = job(alice, "mail"), job(alice, "mail")
    worker = uuid4()
    assert Job.objects.all().claim(later.pk, worker, beat=0)
    assert Job.objects.all().put_off(later.pk, worker, seconds=3600, done=1, result={"kept": True})
    open_runner()
    wait_for(lambda: Job.objects.get(pk=now.pk).state == "done", "the other mail")
    later.refresh_from_db()
    assert (later.state, later.done, later.result["kept"]) == ("queued", 1, True)
    Job.objects.filter(pk=later.pk).update(result=later.result | {AFTER: 0})
    wait_for(lambda: Job.objects.get(pk=later.pk).state == "done", "the one that was put off")


def test_who_lost_a_job_cannot_put_it_off(alice: User) -> None:
    lost = job(alice, "mail")
    assert Job.objects.all().claim(lost.pk, uuid4(), beat=0)
    assert not Job.objects.all().put_off(lost.pk, uuid4(), seconds=1, done=1, result={})
    lost.refresh_from_db()
    assert lost.state == "running"
