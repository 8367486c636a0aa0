"""What a dead process left open is settled, once, by another."""

from concurrent.futures import Future
from datetime import timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from chat import replies, usage
from chat.llm import ChatMessage, ChatRequest
from chat.models import Call, Conversation, Reply, ReplyChunk, ReplyState, User, Worker
from chat.replies.entries import End, Retry, Text
from chat.replies.job import Job
from chat.replies.live import LiveReply
from chat.replies.recover import LOOK, SILENCE, Recover, settle_calls_of
from chat.replies.settle import write
from chat.usage import Closing
from tests.running import Running
from tests.said import answered, asked
from tests.upstream import Answer, Gate, Upstream

DEAD = UUID(int=1)
MINE = UUID(int=2)


def left_open(user: User, text: str = "", state: str = ReplyState.RUNNING) -> Reply:
    """A reply as a killed process leaves it."""
    conversation = Conversation.objects.create(owner=user, title="Left open")
    reply = answered(asked(conversation, "Hello"), "", state=state).reply
    usage.admit(
        usage.Admission.of(
            user,
            source="chat",
            model="m",
            prompt_characters=5,
            max_tokens=10,
            worker=DEAD,
            conversation_id=conversation.pk,
            reply_id=reply.pk,
        )
    )
    if text:
        ReplyChunk.objects.create(reply=reply, start=0, text=text[:3])
        ReplyChunk.objects.create(reply=reply, start=3, text=text[3:])
    return reply


def test_with_text_it_is_interrupted_and_the_text_is_kept(alice: User) -> None:
    reply = left_open(alice, "one **two**")
    settle_calls_of(DEAD, by=MINE)
    reply.refresh_from_db()
    assert (reply.state, reply.message.text) == ("interrupted", "one **two**")
    assert "<strong>two</strong>" in reply.message.html
    assert not ReplyChunk.objects.exists()
    call = Call.objects.get()
    assert (call.status, call.usage_source, call.reserved_tokens) == ("interrupted", "estimate", 0)
    assert call.completion_tokens == 3


def test_without_text_it_has_failed_and_says_why(alice: User) -> None:
    reply = left_open(alice)
    settle_calls_of(DEAD, by=MINE)
    reply.refresh_from_db()
    assert reply.state == "failed"
    assert reply.error.endswith(".")


def test_what_was_never_asked_costs_nothing(alice: User) -> None:
    left_open(alice, state=ReplyState.QUEUED)
    settle_calls_of(DEAD, by=MINE)
    call = Call.objects.get()
    assert (call.usage_source, call.prompt_tokens, call.cost_nano_usd) == ("none", 0, 0)


def test_a_stop_that_the_dead_process_did_not_hear_is_honoured(alice: User) -> None:
    reply = left_open(alice, "one two")
    Reply.objects.all().ask_to_stop()
    settle_calls_of(DEAD, by=MINE)
    reply.refresh_from_db()
    assert reply.state == "stopped"


def test_the_row_of_a_deleted_conversation_is_closed(alice: User) -> None:
    left_open(alice, "one two")
    Conversation.objects.all().delete()
    settle_calls_of(DEAD, by=MINE)
    assert Call.objects.get().status == "interrupted"


def test_settling_twice_changes_nothing(alice: User) -> None:
    left_open(alice, "one two")
    settle_calls_of(DEAD, by=MINE)
    before = Call.objects.values().get()
    settle_calls_of(DEAD, by=UUID(int=3))
    assert Call.objects.values().get() == before


def test_an_owner_is_dead_after_ten_seconds_of_silence_on_our_own_clock(alice: User) -> None:
    reply = left_open(alice, "one two")
    worker = Worker.objects.create(pk=DEAD, beat=7)
    recover = Recover(MINE, frozenset)
    look_until(recover, 100.0, 100.0 + SILENCE - 0.1)
    worker.beat += 1
    worker.save()
    look_until(recover, 100.0 + SILENCE, 100.0 + SILENCE + SILENCE - 0.1)
    reply.refresh_from_db()
    assert reply.state == "running"
    recover._look(100.0 + SILENCE + SILENCE)
    reply.refresh_from_db()
    assert reply.state == "interrupted"
    assert not Worker.objects.exists()


def look_until(recover: Recover, start: float, end: float) -> None:
    """Looks at these monotonic seconds, as far apart as they are."""
    while start < end:
        recover._look(start)
        start += LOOK
    recover._look(end)


def test_who_stood_still_itself_calls_nobody_dead(alice: User) -> None:
    reply = left_open(alice, "one two")
    Worker.objects.create(pk=DEAD, beat=7)
    recover = Recover(MINE, frozenset)
    recover._look(100.0)
    recover._look(1000.0)
    reply.refresh_from_db()
    assert reply.state == "running"


def test_an_open_row_of_our_own_that_nobody_works_on_is_settled(alice: User) -> None:
    reply = left_open(alice, "one two")
    call = Call.objects.get()
    working = Recover(DEAD, lambda: frozenset([call.pk]))
    look_until(working, 100.0, 100.0 + 3 * SILENCE)
    reply.refresh_from_db()
    assert reply.state == "running"
    forgotten = Recover(DEAD, frozenset)
    look_until(forgotten, 100.0, 100.0 + 3 * SILENCE)
    reply.refresh_from_db()
    assert (reply.state, reply.message.text) == ("interrupted", "one two")


def owned(reply: Reply) -> LiveReply:
    """The reply as its owner knows it."""
    call = Call.objects.running().get(reply=reply)
    request = ChatRequest("m", (ChatMessage("user", "Hello"),))
    admission = usage.Admission.of(
        reply.asker,
        source="chat",
        model="m",
        prompt_characters=5,
        max_tokens=10,
        worker=DEAD,
        conversation_id=reply.message.conversation_id,
        reply_id=reply.pk,
    )
    return LiveReply(
        Job(
            reply_id=reply.pk,
            call_id=call.pk,
            request_id=call.request_id,
            admission=admission,
            request=request,
        )
    )


def test_an_owner_that_comes_back_writes_nothing(alice: User) -> None:
    reply = left_open(alice, "one two")
    live = owned(reply)
    settle_calls_of(DEAD, by=MINE)
    closing = Closing(status="done", answered=True, prompt_tokens=1, completion_tokens=1)
    outcome = write(DEAD, [Text(live, 7, " three"), End(live, "done", closing, text="one two three")])
    assert outcome.lost == {live}
    assert outcome.texts == {}
    reply.refresh_from_db()
    assert (reply.state, reply.message.text) == ("interrupted", "one two")
    assert Call.objects.get().status == "interrupted"


def test_a_reply_that_is_cut_while_its_retry_is_written_leaves_no_row_open(alice: User) -> None:
    live = owned(left_open(alice))
    unsent = Closing(status="failed", answered=False)
    retry = Retry(live, unsent, live.job.admission, Future())  # type: ignore[arg-type]
    outcome = write(DEAD, [retry, End(live, "stopped", Closing(status="stopped", answered=False))])
    assert outcome.over == {live}
    assert Reply.objects.get().state == "stopped"
    rows = Call.objects.order_by("pk").values_list("status", "reserved_tokens")
    assert list(rows) == [("failed", 0), ("stopped", 0)]


def test_a_reply_that_is_taken_away_in_mid_stream_ends_its_upstream_request(
    process: Running, upstream: Upstream, alice: User
) -> None:
    gate = Gate(2)
    upstream.play(Answer("one two three four", gates=(gate,)))
    reply = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(reply, lambda text: text == "one two ")
    settle_calls_of(process.process.worker, by=MINE)
    gate.release()
    assert upstream.record().ended.wait(10)
    reply = process.ended(reply)
    assert (reply.state, reply.message.text) == ("interrupted", "one two ")


def test_a_deleted_conversation_is_gone_for_good_after_the_time_for_an_undo(alice: User) -> None:
    kept, gone = [Conversation.objects.create(owner=alice, title=title) for title in ("kept", "gone")]
    kept.delete_with_undo()
    gone.deleted_at = timezone.now() - timedelta(hours=1)
    gone.save()
    Recover(MINE, frozenset)._look(0.0)
    assert list(Conversation.objects.all()) == [kept]
