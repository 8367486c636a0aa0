"""The event stream of a reply: what it costs while it is open, who may read it, and how a reader resumes."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from uuid import uuid4

import httpx
import pytest

from config.threads import REQUEST_THREADS
from tests.cast import PASSWORD
from tests.flows.events import Reader, events_path
from tests.site import Site, ask, post
from tests.upstream import Answer, Gate, Upstream

STREAMS = 50


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Holds an answer before its delta number 2; let go at the end of the test at the latest."""
    gate = Gate(at=2)
    yield gate
    gate.release()


@pytest.fixture(scope="module")
def charlie_client(site: Site, alice_client: httpx.Client) -> Iterator[httpx.Client]:
    """A stranger, whose account the administrator made."""
    add = "/admin/chat/user/add/"
    alice_client.get(add).raise_for_status()
    answer = post(
        alice_client, add, username="charlie", password1=PASSWORD, password2=PASSWORD, usable_password="true"
    )
    assert answer.status_code == 302, answer.text
    client = site.log_in("charlie")
    yield client
    client.close()


@pytest.mark.parametrize("gzip", [True, False], ids=["gzip", "plain"])
def test_fifty_open_streams_hold_no_thread_and_no_database_connection(
    site: Site, alice_client: httpx.Client, upstream: Upstream, gate: Gate, gzip: bool
) -> None:
    upstream.play(*(Answer("First words, and then the end.", gates=(gate,)) for _ in range(STREAMS)))
    paths = [events_path(alice_client, ask(alice_client, f"Question {number}")) for number in range(STREAMS)]
    with Reader(site, alice_client, paths[0], gzip=gzip) as first:
        first.read_until("First words,")
    threads, connections = threads_of(worker(site)), database_files_of(worker(site))

    with ExitStack() as stack:
        readers = [stack.enter_context(Reader(site, alice_client, path, gzip=gzip)) for path in paths]
        for reader in readers:
            reader.read_until("First words,")
        assert threads_of(worker(site)) <= threads + REQUEST_THREADS  # those are started when first needed
        assert database_files_of(worker(site)) <= connections
        gate.release()
        for reader in readers:
            assert "First words, and then the end." in reader.read_all()
            assert reader.events[-1].name == "end"


@pytest.mark.parametrize("gzip", [True, False], ids=["gzip", "plain"])
def test_a_stream_is_compressed_for_those_who_can_read_that(
    site: Site, alice_client: httpx.Client, upstream: Upstream, gate: Gate, gzip: bool
) -> None:
    upstream.play(Answer("First words, and then the end.", gates=(gate,)))
    path = events_path(alice_client, ask(alice_client, "Hello"))

    with Reader(site, alice_client, path, gzip=gzip) as reader:
        reader.read_until("First words,")

        assert reader.status == 200
        assert reader.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert reader.headers.get("content-encoding") == ("gzip" if gzip else None)
        assert reader.headers["x-accel-buffering"] == "no"
        assert reader.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("gzip", [True, False], ids=["gzip", "plain"])
def test_a_reader_who_resumes_gets_no_finished_block_again(
    site: Site, alice_client: httpx.Client, upstream: Upstream, gzip: bool
) -> None:
    middle, later = Gate(at=3), Gate(at=5)
    blocks = ["First block.\n\n", "Second block.\n\n", "Third ", "block.\n\n", "Fourth block.\n\n", "Fifth."]
    upstream.play(Answer(blocks, gates=(middle, later)))
    path = events_path(alice_client, ask(alice_client, "Hello"))
    with Reader(site, alice_client, path, gzip=gzip) as reader:
        reader.read_until("Third")
        last_id = [event.id for event in reader.events if event.id is not None][-1]

    with Reader(site, alice_client, path, gzip=gzip, last_event_id=last_id) as resumed:
        middle.release()
        before_the_end = resumed.read_until("Fourth block.")
        assert "First block." not in before_the_end
        assert "Second block." not in before_the_end
        later.release()
        assert "Fifth." in resumed.read_all()
        assert resumed.events[-1].name == "end"


@pytest.mark.parametrize("last_id", ["0", "999999", "-1", "1; drop", "٣", "9" * 400])
def test_an_impossible_last_event_id_begins_anew(
    site: Site, alice_client: httpx.Client, upstream: Upstream, gate: Gate, last_id: str
) -> None:
    upstream.play(Answer(["First block.\n\n", "Second ", "block."], gates=(gate,)))
    path = events_path(alice_client, ask(alice_client, "Hello"))

    with Reader(site, alice_client, path, last_event_id=last_id) as reader:
        reader.read_until("Second")
        assert "First block." in reader.text


def test_a_reader_who_comes_back_after_the_end_gets_the_whole_message_once(
    site: Site, alice_client: httpx.Client, upstream: Upstream, gate: Gate
) -> None:
    upstream.play(Answer("First words, and then the end.", gates=(gate,)))
    path = events_path(alice_client, ask(alice_client, "Hello"))
    gate.release()
    with Reader(site, alice_client, path) as reader:
        reader.read_all()

    with Reader(site, alice_client, path) as late:
        late.read_all()

    assert [event.name for event in late.events[-2:]] == ["", "end"]
    assert late.text.count("<article") == 1
    assert "First words, and then the end." in late.text


@pytest.mark.parametrize("state", ["open", "finished"])
def test_a_reply_is_a_404_to_guests_and_strangers(
    site: Site,
    alice_client: httpx.Client,
    charlie_client: httpx.Client,
    upstream: Upstream,
    gate: Gate,
    state: str,
) -> None:
    upstream.play(Answer("First words, and then the end.", gates=(gate,)))
    path = events_path(alice_client, ask(alice_client, "Hello"))
    if state == "finished":
        gate.release()
        with Reader(site, alice_client, path) as reader:
            reader.read_all()

    with site.guest() as guest:
        assert guest.get(path).status_code == 404
    assert charlie_client.get(path).status_code == 404
    assert alice_client.get("/replies/999999999/events/").status_code == 404


def test_the_stream_of_a_deleted_conversation_ends_and_is_then_a_404(
    site: Site, alice_client: httpx.Client, upstream: Upstream, gate: Gate
) -> None:
    upstream.play(Answer("First words, and then the end.", gates=(gate,)))
    conversation = ask(alice_client, "Hello")
    path = events_path(alice_client, conversation)

    with Reader(site, alice_client, path) as reader:
        reader.read_until("First words,")
        post(alice_client, f"{conversation}delete/")
        reader.read_all()
        assert reader.events[-1].name == "end"

    assert alice_client.get(path).status_code == 404


def test_the_stream_of_someone_who_logged_out_ends_within_five_seconds(
    site: Site, upstream: Upstream, gate: Gate
) -> None:
    slow = Answer((f"word{number} " for number in range(500)), delay=0.05)
    upstream.play(slow)
    client = site.log_in("alice")
    path = events_path(client, ask(client, "Hello"))

    with Reader(site, client, path) as reader:
        reader.read_until("word3")
        logged_out = monotonic()
        assert post(client, "/accounts/logout/").status_code == 302
        reader.read_all()

    assert monotonic() - logged_out < 5
    assert upstream.record().closed_at is None
    client.close()


def test_the_same_send_twice_makes_one_reply(
    site: Site, alice_client: httpx.Client, upstream: Upstream, gate: Gate
) -> None:
    upstream.play(Answer("Once.", gates=(gate,)), Answer("Twice."))
    send_id = str(uuid4())

    sent = [post(alice_client, "/conversations/", text="Hello", send_id=send_id) for _ in range(3)]

    assert len({answer.headers["location"] for answer in sent}) == 1
    upstream.record(0)
    assert len(upstream.records) == 1
    assert post(alice_client, "/conversations/", text="Other", send_id=send_id).status_code == 409


def worker(site: Site) -> int:
    """The process id of the one web worker."""
    children = Path(f"/proc/{site.pid}/task/{site.pid}/children").read_text().split()
    assert len(children) == 1
    return int(children[0])


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def database_files_of(pid: int) -> int:
    """Open files of the SQLite database, journals included."""
    return sum("parley.sqlite3" in target for target in map(_target, Path(f"/proc/{pid}/fd").iterdir()))


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""
