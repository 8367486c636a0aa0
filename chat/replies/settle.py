"""What one commit of the scribe does to the rows, and what it made of each reply."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from chat import markdown, usage
from chat.folding import fold
from chat.models import MODEL_CHARACTERS, Call, Message, Reply, ReplyChunk, one_at_a_time
from chat.replies.entries import Claim, End, Entry, Grant, Retry, Text
from chat.replies.live import LiveReply
from chat.replies.turns import turns_now
from chat.replies.waking import announce
from chat.usage import Closing, OverBudget


@dataclass
class Outcome:
    """What was committed: to be published in the event loop."""

    texts: dict[LiveReply, str] = field(default_factory=dict)
    grants: list[tuple[asyncio.Future[Grant], Grant | OverBudget]] = field(default_factory=list)
    ahead: dict[LiveReply, int] = field(default_factory=dict)  # of those whose turn has not come
    stop_requested: set[LiveReply] = field(default_factory=set)
    lost: set[LiveReply] = field(default_factory=set)
    over: set[LiveReply] = field(default_factory=set)
    touched: set[LiveReply] = field(default_factory=set)
    attempts: dict[LiveReply, Call] = field(default_factory=dict)  # new ledger rows of retries
    refused: dict[LiveReply, Closing] = field(default_factory=dict)  # of attempts that no budget lets retry
    refusals: list[tuple[int, OverBudget]] = field(default_factory=list)  # each with the user who asked

    def add(self, other: "Outcome") -> None:
        self.texts |= other.texts
        self.ahead |= other.ahead
        self.attempts |= other.attempts
        self.refused |= other.refused
        self.grants += other.grants
        self.refusals += other.refusals
        for name in ("stop_requested", "lost", "over", "touched"):
            getattr(self, name).update(getattr(other, name))

    def lose(self, live: LiveReply, entries: Iterable[Entry]) -> None:
        """The reply is not ours any more: whoever waits is told, and its task is to end."""
        for entry in entries:
            if isinstance(entry, Claim | Retry):
                self.grants.append((entry.granted, Grant.NEVER))
            elif isinstance(entry, End):
                self.over.add(live)
        self.lost.add(live)
        self.touched.add(live)


def write(worker: UUID, entries: list[Entry]) -> Outcome:
    """Write the entries of any number of replies; every write is fenced by the ownership of the ledger row.

    Call it inside a transaction: it holds the rows of the replies until that ends.
    """
    outcome = Outcome()
    by_reply: dict[LiveReply, list[Entry]] = {}
    for entry in entries:
        by_reply.setdefault(entry.live, []).append(entry)
    stop_requested = _hold_replies(by_reply)
    _hold_counters(entries)
    stop_requested = _still_owned(worker, by_reply, stop_requested)
    chunks: list[tuple[int, int, str]] = []
    claims: list[Claim] = []
    for live, own in by_reply.items():
        if live.call_id not in stop_requested:
            outcome.lose(live, own)
            for entry in own:
                if isinstance(entry, End):  # of a deleted reply: the ledger row is still ours to close
                    usage.close_call(live.call_id, worker, entry.closing)
            continue
        outcome.touched.add(live)
        if stop_requested[live.call_id]:
            outcome.stop_requested.add(live)
        texts = [entry for entry in own if isinstance(entry, Text)]
        if texts:
            outcome.texts[live] = "".join(entry.text for entry in texts)
            if not isinstance(own[-1], End):  # otherwise the text goes to the message at once
                chunks.append((live.reply_id, texts[0].start, outcome.texts[live]))
        claims += [entry for entry in own if isinstance(entry, Claim)]
        for entry in own:
            _write_change(worker, entry, outcome)
    if chunks:
        ReplyChunk.objects.all().append(chunks)
    for claim in claims:  # last, since they hold all other processes' claims back until the commit
        outcome.grants.append((claim.granted, _claim(claim.live, outcome)))
    for user_id, refusal in sorted(outcome.refusals, key=lambda refused: refused[0]):
        usage.record_refusal(refusal, user_id)
    announce()
    return outcome


def lost(worker: UUID, lives: Iterable[LiveReply]) -> Outcome:
    """Those that are not ours any more, though nobody has written anything of them lately."""
    outcome = Outcome()
    lives = list(lives)
    still_owned = _still_owned(worker, lives, _hold_replies(lives))
    for live in lives:
        if live.call_id not in still_owned:
            outcome.lose(live, [])
    return outcome


def _hold_replies(lives: Iterable[LiveReply]) -> dict[int, bool]:
    """Lock those that are there, in the one order for everybody; by ledger row, whether Stop was pressed."""
    replies = Reply.objects.select_for_update(of=("self",)).filter(calls__in=[live.call_id for live in lives])
    return dict(replies.order_by("pk").values_list("calls__pk", "stop_requested"))


def _still_owned(worker: UUID, lives: Iterable[LiveReply], held: dict[int, bool]) -> dict[int, bool]:
    """Of the `held`, those whose ledger rows are open and ours.

    The rows are locked, those of deleted replies too: after the counters of budgets, which a budget that begins
    locks before the rows, and before the daily totals. Nobody takes a row over whose reply is held.
    """
    calls = Call.objects.owned_by(worker).filter(pk__in=[live.call_id for live in lives])
    ours = set(calls.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return {pk: stop for pk, stop in held.items() if pk in ours}


def _hold_counters(entries: Iterable[Entry]) -> None:
    """Of all budgets that this commit changes, at once: after the replies, before the ledger rows."""
    changing = [entry for entry in entries if isinstance(entry, Retry | End)]
    if changing:
        asking = [entry.admission.user_id for entry in changing if isinstance(entry, Retry)]
        usage.hold_counters_of(asking, calls=[entry.live.call_id for entry in changing])


def _write_change(worker: UUID, entry: Entry, outcome: Outcome) -> None:
    live = entry.live
    if isinstance(entry, Retry):
        outcome.grants.append((entry.granted, _retry(worker, entry, outcome)))
    elif isinstance(entry, End):
        finish(
            live.reply_id,
            entry.text,
            entry.html,
            state=entry.state,
            finish_reason=entry.finish_reason,
            error=entry.error,
            model=entry.closing.model_answered,
        )
        retried = outcome.attempts.get(live)  # in this very commit: its row is the open one
        closing = outcome.refused.get(live) or live.refused or entry.closing
        usage.close_call(retried.pk if retried else live.call_id, worker, closing)
        outcome.over.add(live)


def _retry(worker: UUID, entry: Retry, outcome: Outcome) -> Grant | OverBudget:
    """A retry that no budget allows leaves the ledger row open: the reply's end closes it by what came of it."""
    try:
        with transaction.atomic():
            usage.close_call(entry.live.call_id, worker, entry.closing)
            outcome.attempts[entry.live] = usage.admit(entry.admission)
    except OverBudget as refusal:
        outcome.refused[entry.live] = entry.closing
        outcome.refusals.append((entry.admission.user_id, refusal))
        return refusal
    return Grant.NOW


def _claim(live: LiveReply, outcome: Outcome) -> Grant:
    one_at_a_time("turns")
    turns = turns_now()
    if live.reply_id in turns.ahead:
        outcome.ahead[live] = turns.ahead[live.reply_id]
        return Grant.LATER
    return Grant.NOW if Reply.objects.all().claim(live.reply_id) else Grant.NEVER


def finish(
    reply_id: int,
    text: str,
    html: str,
    *,
    state: str,
    finish_reason: str = "",
    error: str = "",
    model: str = "",
) -> None:
    """The end of a reply: its text and rendering on the message, its state, and its chunks gone."""
    if not Reply.objects.all().finish(
        reply_id, state=state, finish_reason=finish_reason[:50], error=error, model=model[:MODEL_CHARACTERS]
    ):
        return
    Message.objects.filter(reply=reply_id).update(
        text=text, search_text=fold(text), html=html, html_version=markdown.RENDERER_VERSION
    )
    ReplyChunk.objects.filter(reply_id=reply_id).delete()
