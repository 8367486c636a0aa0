"""Settle what dead processes left open, and delete for good what nobody restored in time."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import Error, connection, transaction
from django.db.models import F

from chat import usage
from chat.models import (
    DATABASE_AWAY,
    Call,
    CallDetail,
    CallStatus,
    Conversation,
    Reply,
    ReplyChunk,
    ReplyState,
    Worker,
    forget_words,
)
from chat.replies import settle
from chat.replies.ends import safe_html
from chat.replies.waking import announce
from chat.usage import Closing

log = logging.getLogger(__name__)

LOOK = 2.0  # s between looks
NO_SIGN = 5.0  # s: an owner raises its heartbeat every 2 s
SILENCE = 10.0  # s without a heartbeat, on this process's own monotonic clock
MERGE = 600.0  # s between two merges of the search index: each writes all of it anew
PAUSED = 6.0  # s between looks: this process itself stood still, and so perhaps did all others

NOTHING_CAME = "The server stopped before the answer began."


class Recover:
    """A thread in every process; several may try the same row, and the compare-and-set lets one of them.

    `calls` tells the open ledger rows that this process itself works on; others of its own are orphans, such
    as one whose commit succeeded though the process could not hear of it.
    """

    def __init__(self, worker: UUID, calls: Callable[[], frozenset[int]]) -> None:
        self._worker = worker
        self._calls = calls
        self._seen: dict[UUID | None, tuple[int | None, float]] = {}
        self._orphans: dict[int, float] = {}
        self._looked_at = self._merged_at = float("-inf")
        self._words_are_left = False
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recover", daemon=True)

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._ending.set()
        self._thread.join()

    @property
    def silent(self) -> frozenset[UUID]:
        """Other processes that own open ledger rows and have given no sign of life lately; from any thread."""
        now = time.monotonic()
        return frozenset(
            owner for owner, (_, since) in self._seen.items() if owner and now - since >= NO_SIGN
        )

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._look(time.monotonic())
            except Error as error:
                # A process that cannot reach the database cannot judge whether others can.
                log.error("The database did not answer; nobody is called dead meanwhile: %s", error)
                self._forget()
                connection.close()
            except Exception:
                log.exception("A look for dead processes failed")
            self._ending.wait(LOOK)
        connection.close()

    def _forget(self) -> None:
        self._seen.clear()
        self._orphans.clear()

    def _look(self, now: float) -> None:
        if now - self._looked_at > PAUSED:
            self._forget()
        self._looked_at = now
        if self._seen and not self._database_is_free():
            self._forget()
        others = Call.objects.running().exclude(worker=self._worker)
        owners = set(others.values_list("worker", flat=True).distinct())
        beats: dict[UUID | None, int] = dict(Worker.objects.values_list("pk", "beat"))
        self._seen = {
            owner: self._seen[owner]
            if owner in self._seen and self._seen[owner][0] == beats.get(owner)
            else (beats.get(owner), now)
            for owner in owners
        }
        for owner, (_, since) in self._seen.items():
            if now - since >= SILENCE:
                settle_calls_of(owner, by=self._worker)
        self._settle_orphans(now)
        for conversation in Conversation.objects.beyond_undo()[:20]:
            with _one_alone(f"Conversation {conversation.pk} cannot be deleted"):
                conversation.purge()
                self._words_are_left = True
        if self._words_are_left and now - self._merged_at >= MERGE:
            self._words_are_left, self._merged_at = False, now
            forget_words()
        if CallDetail.objects.outdated().exists():
            CallDetail.objects.outdated().delete()

    def _database_is_free(self) -> bool:
        """Whether a write goes through at once. While it does not, the beats of others wait as well."""
        began = time.monotonic()
        with transaction.atomic():
            Worker.objects.filter(pk=self._worker).update(beat=F("beat"))
        return time.monotonic() - began < LOOK

    def _settle_orphans(self, now: float) -> None:
        mine = Call.objects.owned_by(self._worker).values_list("pk", flat=True)
        known = self._calls()
        self._orphans = {pk: self._orphans.get(pk, now) for pk in mine if pk not in known}
        for pk, since in self._orphans.items():
            if now - since >= SILENCE:
                Call.objects.owned_by(self._worker).filter(pk=pk).give_away()


def settle_calls_of(dead: UUID | None, *, by: UUID) -> None:
    """Close every open ledger row of a process that has died, and end its replies as what they are."""
    for call_id, reply_id in list(Call.objects.running().filter(worker=dead).values_list("pk", "reply_id")):
        with _one_alone(f"Call {call_id} cannot be settled"), transaction.atomic():
            Reply.objects.filter(pk=reply_id or 0).hold()  # before the call, as the scribe does
            usage.hold_counters(calls=[call_id])
            if Call.objects.running().filter(pk=call_id, worker=dead).update(worker=by):
                _settle(call_id, reply_id, by)
                log.warning("Call %d was left open by a process that died; it is settled", call_id)
    if dead is not None and not Call.objects.running().filter(worker=dead).exists():
        Worker.objects.filter(pk=dead).delete()


@contextmanager
def _one_alone(what: str) -> Iterator[None]:
    """A row that cannot be settled must not keep others from it; a database that is away is no row's fault."""
    try:
        yield
    except DATABASE_AWAY:
        raise
    except Exception:
        log.exception(what)


def _settle(call_id: int, reply_id: int | None, by: UUID) -> None:
    reply = Reply.objects.open().filter(pk=reply_id or 0).first()
    text = ReplyChunk.objects.all().text_of(reply.pk) if reply else ""
    began = reply is None or reply.state != ReplyState.QUEUED
    closing = Closing(
        status=CallStatus.INTERRUPTED,
        answered=began,
        asked=began,
        completion_characters=len(text) - (reply.begun_with if reply else 0),
        error="process_died",
    )
    usage.close_call(call_id, by, closing)
    announce()
    if reply is None:
        return
    html = safe_html(text)
    if reply.stop_requested:
        settle.finish(reply.pk, text, html, state=ReplyState.STOPPED)
    elif text:
        settle.finish(reply.pk, text, html, state=ReplyState.INTERRUPTED)
    else:
        settle.finish(reply.pk, text, html, state=ReplyState.FAILED, error=NOTHING_CAME)
