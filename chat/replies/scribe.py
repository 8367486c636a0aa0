"""The one thread of a process that writes replies: a group commit a tick, and readers are woken after it."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from uuid import UUID

from django.db import Error, connection, transaction
from django.db.models import F

from chat.models import DATABASE_AWAY, Call, Worker
from chat.replies import settle
from chat.replies.entries import Entry, Text
from chat.replies.live import LiveReply
from chat.replies.settle import Outcome

log = logging.getLogger(__name__)

TICK = 0.05  # s between commits; what comes meanwhile goes into the next one together
BUSY, BUSY_TICK = 16, 0.1  # with more replies than that; a reader gets at most ten frames a second anyway
BEAT = 2.0  # s between heartbeats
PAUSE = 0.25  # s before a failed commit is tried again
TRIES = 4  # of a commit, before one asks whether the database takes others
GIVE_UP = 5.0  # s for which the end of the process waits for a database that does not answer
MOST_UNSTORED = 16 * 1024 * 1024  # characters of text in memory


class Scribe:
    """Guarantees: what is published was committed; entries are written in the order in which they were put.

    `put` may be called from the event loop's thread only. A commit that fails is tried again on a new
    connection until it succeeds; until then nothing of it is published.
    """

    def __init__(
        self, worker: UUID, loop: asyncio.AbstractEventLoop, publish: Callable[[Outcome], None]
    ) -> None:
        self._worker = worker
        self._loop = loop
        self._publish = publish
        self._owned: set[LiveReply] = set()  # every reply that has not ended yet
        self._calls: set[int] = set()  # open ledger rows of no reply
        self._entries: list[Entry] = []
        self._news = threading.Condition()
        self._urgent = False
        self._unstored = 0  # characters
        self._away_since: float | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="scribe", daemon=True)

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Write what was put, then end. Blocks until it is written."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join()

    def own(self, live: LiveReply) -> None:
        """From now on the heartbeat speaks for this reply."""
        with self._news:
            self._owned.add(live)
            self._news.notify()

    def beat_for(self, call_id: int) -> None:
        """From now on the heartbeat speaks for this ledger row of no reply too."""
        with self._news:
            self._calls.add(call_id)
            self._news.notify()

    def no_beat_for(self, call_id: int) -> None:
        with self._news:
            self._calls.discard(call_id)

    @property
    def calls(self) -> frozenset[int]:
        """The ledger rows of no reply that the heartbeat speaks for; may be asked from any thread."""
        with self._news:
            return frozenset(self._calls)

    @property
    def is_full(self) -> bool:
        """Whether so much text waits for the database that no more may be put."""
        return self._unstored > MOST_UNSTORED

    def put(self, entry: Entry, *, urgent: bool = False) -> None:
        """Have `entry` written with the next commit; urgent ones do not wait for the tick."""
        with self._news:
            self._entries.append(entry)
            self._unstored += _characters(entry)
            if urgent or len(self._entries) == 1:  # otherwise it waits for its tick already
                self._urgent = self._urgent or urgent
                self._news.notify()

    def _run(self) -> None:
        last_commit = last_beat = -BEAT
        while True:
            entries = self._take(last_commit, last_beat)
            if entries is None:
                break
            now = time.monotonic()
            if now - last_beat >= BEAT and self._beats:
                self._try(self._beat)
                last_beat = now
            if entries:
                self._write(entries)
                last_commit = time.monotonic()
                with self._news:
                    self._unstored -= sum(map(_characters, entries))
        self._try(lambda: Worker.objects.filter(pk=self._worker).delete())
        connection.close()

    def _take(self, last_commit: float, last_beat: float) -> list[Entry] | None:
        """The entries of the next commit; an empty list when only the heartbeat is due; None at the end."""
        with self._news:
            while True:
                now = time.monotonic()
                if self._entries and (self._urgent or self._closing or now - last_commit >= self._tick):
                    entries, self._entries, self._urgent = self._entries, [], False
                    return entries
                if self._closing and not self._entries:
                    return None
                if self._beats and now - last_beat >= BEAT:
                    return []
                due = [last_beat + BEAT] * self._beats
                due += [last_commit + self._tick] * bool(self._entries)
                self._news.wait(max(min(due) - now, 0) if due else None)

    @property
    def _tick(self) -> float:
        return BUSY_TICK if len(self._owned) > BUSY else TICK

    @property
    def _beats(self) -> bool:
        return bool(self._owned or self._calls)

    def _write(self, entries: list[Entry]) -> None:
        try:
            outcome = self._commit(entries)
        except Exception:
            log.exception("A commit was refused; writing each of its replies by itself")
            outcome = self._write_apart(entries)
        for live, call in outcome.attempts.items():
            live.call_id = call.pk
        for live, closing in outcome.refused.items():
            live.refused = closing
        with self._news:
            self._owned -= outcome.over
        self._to_loop(outcome)

    def _commit(self, entries: list[Entry]) -> Outcome:
        """One transaction, tried again for as long as the database cannot be reached or is busy."""
        tries = 0
        while True:
            try:
                with transaction.atomic():
                    outcome = settle.write(self._worker, entries)
            except DATABASE_AWAY:
                now = time.monotonic()
                if self._away_since is None:
                    log.exception("The database did not take a commit; trying again until it does")
                    self._away_since = now
                connection.close()
                tries += 1
                if tries >= TRIES and self._answers():
                    raise  # so it is about these entries, not about the database
                if self._closing and now - self._away_since > GIVE_UP:
                    raise
                threading.Event().wait(PAUSE)
            else:
                if self._away_since is not None:
                    log.warning("The database takes commits again")
                    self._away_since = None
                return outcome

    def _answers(self) -> bool:
        """Whether the database takes a write of another row."""
        try:
            Worker.objects.filter(pk=self._worker).update(beat=F("beat") + 1)
        except Error:
            connection.close()
            return False
        return True

    def _write_apart(self, entries: list[Entry]) -> Outcome:
        """One transaction a reply, so that a reply that cannot be written does not take others with it.

        That one is given away: recover settles it as it does the replies of a dead process.
        """
        connection.close()
        whole = Outcome()
        for live in dict.fromkeys(entry.live for entry in entries):
            own = [entry for entry in entries if entry.live is live]
            try:
                whole.add(self._commit(own))
            except Exception:
                log.exception("Reply %d cannot be written", live.reply_id)
                connection.close()
                whole.lose(live, own)
                self._try(Call.objects.owned_by(self._worker).filter(pk=live.call_id).give_away)
        return whole

    def _beat(self) -> None:
        """Say that this process lives, and hear what it has lost meanwhile, also while the model is silent."""
        if not Worker.objects.filter(pk=self._worker).update(beat=F("beat") + 1):
            Worker.objects.create(pk=self._worker, beat=1)
        with self._news:
            owned = set(self._owned)
        with transaction.atomic():
            lost = settle.lost(self._worker, owned)
        if lost.lost:
            self._to_loop(lost)

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except Error as error:
            log.error("The database did not take a heartbeat, or the like: %s", error)
            connection.close()
        except Exception:
            log.exception("A heartbeat, or the like, failed")

    def _to_loop(self, outcome: Outcome) -> None:
        try:
            self._loop.call_soon_threadsafe(self._publish, outcome)
        except RuntimeError:  # the loop has ended; everything is stored, and nobody is left to be told
            log.debug("The event loop ended before a commit was published")


def _characters(entry: Entry) -> int:
    return len(entry.text) if isinstance(entry, Text) else 0
