"""Imports as jobs: claimed once, told by their progress, taken over when their process died."""

import json
import threading
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from django.db import connection

from chat.jobs import Runner, line, wake
from chat.models import Conversation, Job, JobKind, JobPart, Message, User
from chat.transfer import Import, ImportOpen, begin_import
from tests.site import wait_for
from tests.transfer.chatgpt import simple

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 60.0  # s


@pytest.fixture
def open_runner(transactional_db: None) -> Iterator[Callable[[], Runner]]:
    opened: list[Runner] = []

    def open_one() -> Runner:
        opened.append(Runner.open({JobKind.IMPORT: Import}))
        return opened[-1]

    yield open_one
    for runner in opened:
        runner.close()


def begun(owner: User, count: int = 20, text: str = "Hello") -> Job:
    content = json.dumps([simple(number, text) for number in range(count)]).encode()
    return begin_import(owner, "file.json", iter([content]), size=len(content))


def ended(job: Job) -> Job:
    wait_for(lambda: Job.objects.get(pk=job.pk).ended_at, "the end of the import", LONG)
    return Job.objects.get(pk=job.pk)


def claimed(job: Job) -> UUID:
    worker = uuid4()
    assert Job.objects.all().claim(job.pk, worker, beat=job.beat)
    return worker


def test_a_job_runs_to_its_end_and_leaves_no_upload(alice: User, open_runner: Callable[[], Runner]) -> None:
    open_runner()
    job = begun(alice, text="x" * 50_000)
    wake(JobKind.IMPORT)
    done = ended(job)
    assert (done.state, done.result["imported"], done.error) == ("done", 20, "")
    assert done.done == done.total
    wait_for(lambda: not JobPart.objects.exists(), "the parts to be deleted")


def test_several_runners_import_nothing_twice(alice: User, open_runner: Callable[[], Runner]) -> None:
    for _ in range(4):
        open_runner()
    done = ended(begun(alice, 100))
    assert (done.result["imported"], done.result["here"]) == (100, 0)
    assert Message.objects.count() == 200


def test_a_second_import_waits_for_the_first(alice: User, charlie: User) -> None:
    begun(alice)
    with pytest.raises(ImportOpen):
        begun(alice)
    begun(charlie)
    assert Job.objects.count() == 2


def test_a_broken_file_ends_as_failed_with_where_it_broke(
    alice: User, open_runner: Callable[[], Runner]
) -> None:
    content = json.dumps([simple(1), simple(2)]).encode()[:-20]
    open_runner()
    job = ended(begin_import(alice, "cut.json", iter([content]), size=len(content)))
    assert job.state == "failed"
    assert job.error.startswith("line 1: conversations[1]: The file ends in the middle")
    assert job.result["imported"] == Conversation.objects.count() == 1


def test_where_all_is_refused_the_import_has_failed(alice: User, open_runner: Callable[[], Runner]) -> None:
    wrong = simple()
    wrong["mapping"]["question"]["parent"] = "answer"
    content = json.dumps([wrong]).encode()
    open_runner()
    job = ended(begin_import(alice, "x.json", iter([content]), size=len(content)))
    assert (job.state, job.error) == ("failed", "")
    assert job.result["told"] == [
        "conversations[0].mapping.question.parent: leads back to the message itself"
    ]


def test_a_job_whose_process_died_is_gone_on_with(
    alice: User, open_runner: Callable[[], Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Import, "silence", 1.0)
    monkeypatch.setattr(line, "LOOK", 0.2)
    job = begun(alice)
    dead = claimed(job)
    half = half_done(Job.objects.get(pk=job.pk), dead)
    assert 0 < Conversation.objects.count() < 20
    open_runner()
    done = ended(job)
    assert (done.state, done.result["imported"], done.result["here"]) == ("done", 20, 0)
    assert Conversation.objects.count() == 20
    half.run()  # the dead one comes back: it writes nothing
    assert Job.objects.get(pk=job.pk).result == done.result


def half_done(job: Job, worker: UUID) -> Import:
    """Let the worker import a few, and stop as if it had died."""
    ending = threading.Event()
    run = Import(job, worker, ending)
    keep = run._keep

    def keep_some(tally: object) -> None:
        if Conversation.objects.count() > 5:
            ending.set()
        keep(tally)  # type: ignore[arg-type]

    run._keep = keep_some  # type: ignore[method-assign, assignment]
    run.run()
    ending.clear()
    return run


def test_a_process_that_ends_gives_its_job_back_between_two_conversations(
    alice: User, open_runner: Callable[[], Runner]
) -> None:
    first = open_runner()
    job = begun(alice, 300, "words " * 500)
    wake(JobKind.IMPORT)
    wait_for(lambda: Conversation.objects.count() > 3, "some conversations")
    first.close()
    given_back = Job.objects.get(pk=job.pk)
    assert (given_back.state, given_back.worker) == ("queued", None)
    assert given_back.result["imported"] == Conversation.objects.count() < 300
    open_runner()
    done = ended(job)
    assert (done.result["imported"], done.result["here"]) == (300, 0)


def test_who_lost_the_job_writes_nothing_more(alice: User) -> None:
    job = begun(alice)
    worker = claimed(job)
    run = Import(Job.objects.get(pk=job.pk), worker, threading.Event())
    Job.objects.filter(pk=job.pk).update(worker=uuid4())
    run.run()
    assert Conversation.objects.count() == 0
    assert Job.objects.get(pk=job.pk).state == "running"


def test_an_upload_that_was_cut_off_ends_with_a_sentence(
    alice: User, open_runner: Callable[[], Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Import, "silence", 1.0)
    monkeypatch.setattr(line, "LOOK", 0.2)
    job = Job.objects.create(owner=alice, kind="import", name="x", state="running", worker=uuid4())
    JobPart.objects.create(job=job, number=0, data=b"[")
    open_runner()
    done = ended(job)
    assert (done.state, done.error) == (
        "failed",
        "The upload was cut off before it was complete. Send the file again.",
    )


def test_an_upload_that_fails_leaves_nothing(alice: User) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 300_000
        raise OSError("the disk")

    with pytest.raises(OSError, match="the disk"):
        begin_import(alice, "x.json", broken(), size=1_000_000)
    assert not Job.objects.exists()
    assert not JobPart.objects.exists()


def test_an_upload_that_stood_still_until_it_was_taken_over_is_refused(alice: User) -> None:
    def slow() -> Iterator[bytes]:
        yield b"x" * 300_000
        job = Job.objects.get()
        assert Job.objects.all().take_over(job.pk, beat=job.beat)
        yield b"x" * 300_000

    with pytest.raises(ImportOpen):
        begin_import(alice, "x.json", slow(), size=600_000)
    assert not Job.objects.exists()


@pytest.mark.only_on("postgresql")
def test_a_cut_connection_is_got_over(alice: User, open_runner: Callable[[], Runner]) -> None:
    open_runner()
    job = begun(alice, 200, "words " * 500)
    wake(JobKind.IMPORT)
    wait_for(lambda: Conversation.objects.count() > 3, "some conversations")
    with connection.cursor() as cursor:  # the one that was busy last: others are those of tests to come
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend' ORDER BY query_start DESC LIMIT 1"
        )
    done = ended(job)
    assert (done.state, done.result["imported"], done.result["here"]) == ("done", 200, 0)
