"""The nine rules of nothing lost, one function each: from the journals of a run to sentences that break it."""

from collections import Counter
from collections.abc import Callable, Iterator

from tests.chaos.evidence import OPEN, Case, Evidence, Request, StoredCall, StoredReply, counted
from tests.chaos.texts import words_of

REUSED = 409
ERROR = 500


def durable_input(evidence: Evidence) -> Iterator[str]:
    """1. If a browser was told that a message was accepted, it is stored, exactly."""
    for case in evidence.cases:
        questions = [text for tag, text in evidence.stored.questions if tag == case.tag]
        for asked in case.asked:
            if asked.text and asked.accepted and not case.purged and asked.text not in questions:
                yield f"{case.tag}: {asked.text!r} was accepted and is not stored"
            if ERROR in asked.answers:
                yield f"{case.tag}: a send was answered {ERROR}"
            if asked.text and not asked.accepted and not case.purged:
                yield f"{case.tag}: {asked.text!r} was never accepted, only answered {counted(asked.answers)}"


def shown_is_stored(evidence: Evidence) -> Iterator[str]:
    """2. Whatever a browser was sent is stored, at the moment of the fault as well as at the end."""
    final = {reply.id: reply.text for reply in evidence.stored.replies}
    for case in evidence.cases:
        for look in case.looks:
            reply = f"{case.tag}: reply {look.reply_id}"
            if lost := look.shown - words_of(look.stored):
                yield f"{reply}: {counted(sorted(lost))} shown, but not stored just then"
            lost = look.shown - words_of(final.get(look.reply_id, look.stored if case.purged else ""))
            if lost and not case.purged:
                yield f"{reply}: {counted(sorted(lost))} shown, but not stored at the end"


def exact_text(evidence: Evidence) -> Iterator[str]:
    """3. What is stored is what the upstream wrote, up to some point; a resumed reader ends with the same."""
    for case in evidence.cases:
        for reply in evidence.replies_of(case):
            told = [request.text for request in evidence.told_to(reply)]
            begun, rest = reply.text[: reply.begun_with], reply.text[reply.begun_with :]
            if begun and not any(text.startswith(begun) for text in told):
                yield f"{case.tag}: reply {reply.id} continues {begun[-60:]!r}, which nobody wrote"
            if rest and not any(text.startswith(rest) for text in told):
                yield f"{case.tag}: reply {reply.id} holds {rest[-60:]!r}, which is not what the upstream wrote"
            if reply.state == "done" and told and rest != told[-1]:
                yield f"{case.tag}: reply {reply.id} is done with {len(rest)} of {len(told[-1])} characters"
        for ending in case.endings:
            if ending.source != ending.stored:
                yield f"{case.tag}: a reader of reply {ending.reply_id} ended with another text than is stored"


def always_ends(evidence: Evidence) -> Iterator[str]:
    """4. Nothing is queued or running once the fault has gone and its time has passed, nor is any stream open."""
    for reply in evidence.stored.replies:
        if reply.state in OPEN:
            yield f"{reply.tag}: reply {reply.id} is still {reply.state}"
        elif reply.chunks:
            yield f"{reply.tag}: reply {reply.id} is {reply.state} and has {reply.chunks} chunks left"
    if evidence.seconds > evidence.limit:
        yield f"settled after {evidence.seconds:.1f} s, later than {evidence.limit:.0f} s"
    for case in evidence.cases:
        yield from (f"{case.tag}: {what}" for what in case.late)


def honest_label(evidence: Evidence) -> Iterator[str]:
    """5. `done` only after a finish reason; otherwise what it was; nothing empty or failed is sent later."""
    for case in evidence.cases:
        for reply in evidence.replies_of(case):
            if problem := _dishonest(case, reply, evidence.told_to(reply)):
                yield f"{case.tag}: reply {reply.id} {problem}"
        for request in evidence.requests_of(case):
            roles = [role for role, _ in request.turns if role != "system"]
            if roles != [("user", "assistant")[at % 2] for at in range(len(roles))] or len(roles) % 2 == 0:
                yield f"{case.tag}: the upstream was sent the turns {counted(roles)}"
            if any(not content.strip() for _, content in request.turns):
                yield f"{case.tag}: the upstream was sent an empty turn"


def _dishonest(case: Case, reply: StoredReply, told: list[Request]) -> str:
    finish = told[-1].finish if told else None
    if reply.state == "done" and (finish is None or reply.finish_reason != finish):
        return f"is done ({reply.finish_reason}), but the upstream's finish reason was {finish}"
    if reply.state == "stopped" and not case.stopped:
        return "is stopped, but nobody stopped it"
    if reply.state == "interrupted" and not reply.text:
        return "is interrupted, but has no text"
    if reply.state == "failed" and reply.text:
        return f"is failed, but has {len(reply.text)} characters"
    allowed = {*case.expects}
    if case.asked and reply.send_id != _hex(case.asked[0].send_id):
        allowed.add("done")  # what is asked later has no fault
    if case.shaken:
        allowed.add("interrupted")
    if case.hit:
        allowed |= {"done", "interrupted", "failed"}
    if reply.state not in {*allowed, *OPEN}:
        return f"is {reply.state}, though only {counted(sorted(allowed))} would be right"
    return ""


def exactly_one(evidence: Evidence) -> Iterator[str]:
    """6. One send_id: one message, one reply, no more requests than there may be; with another text a 409."""
    for case in evidence.cases:
        replies = Counter(reply.send_id for reply in evidence.replies_of(case))
        questions = Counter(text for tag, text in evidence.stored.questions if tag == case.tag)
        for asked in case.asked:
            if replies[_hex(asked.send_id)] > 1:
                yield f"{case.tag}: {replies[_hex(asked.send_id)]} replies to one send"
            if asked.text and questions[asked.text] > 1:
                yield f"{case.tag}: {questions[asked.text]} messages by one send"
            if len(asked.places) > 1:
                yield f"{case.tag}: one send led to {counted(sorted(asked.places))}"
            if asked.other_text not in (0, REUSED):
                yield f"{case.tag}: another text with the same send_id was answered {asked.other_text}"
        requests = evidence.requests_of(case)
        if len(requests) > case.most_requests:
            yield f"{case.tag}: {len(requests)} requests reached the upstream, not {case.most_requests}"
        if len({request.request_id for request in requests}) < len(requests):
            yield f"{case.tag}: one ledger row was asked for twice"


def money(evidence: Evidence) -> Iterator[str]:
    """7. A row for each request, with the usage that the upstream gave or a flagged estimate; nothing reserved."""
    for case in evidence.cases:
        requests = {request.request_id: request for request in evidence.requests_of(case)}
        calls = {call.request_id: call for call in evidence.calls_of(case)}
        kept = {reply.id: reply.text[reply.begun_with :] for reply in evidence.replies_of(case)}
        last = {call.reply_id: call.request_id for call in evidence.calls_of(case)}
        for request_id in requests.keys() - calls.keys():
            yield f"{case.tag}: request {request_id} is not in the ledger"
        for request_id, call in calls.items():
            stored = kept.get(call.reply_id, "") if request_id == last.get(call.reply_id) else ""
            if problem := _wrong_bill(call, requests.get(request_id), stored):
                yield f"{case.tag}: the call {request_id} {problem}"


def _wrong_bill(call: StoredCall, request: Request | None, kept: str) -> str:
    """`kept` is the text that it brought, as far as that is stored."""
    if call.status == "running":
        return "is still running"
    if call.reserved_tokens:
        return f"keeps {call.reserved_tokens} tokens reserved"
    if request is None or not request.answered:
        return ""
    billed = (call.prompt_tokens, call.completion_tokens)
    if call.status == "done" and request.usage is not None:
        if call.usage_source != "provider" or billed != request.usage:
            return f"has {billed} ({call.usage_source}), but the upstream said {request.usage}"
    elif call.usage_source == "none" or not call.prompt_tokens:
        return f"was answered and has {billed} ({call.usage_source})"
    elif kept and not call.completion_tokens:
        return f"brought text and has {billed} ({call.usage_source})"
    elif call.usage_source == "provider" and billed != request.usage:
        return f"has {billed} as the provider's, who said {request.usage}"
    return ""


def deletes_win(evidence: Evidence) -> Iterator[str]:
    """8. What was deleted stays deleted, and nobody goes on asking for it."""
    for case in evidence.cases:
        standing = evidence.stored.conversations.get(case.tag, [])
        if case.purged and (standing or evidence.replies_of(case)):
            yield f"{case.tag}: was deleted for good and is there"
        elif case.deleted and not all(standing):
            yield f"{case.tag}: was deleted and is back"
        yield from (f"{case.tag}: {what}" for what in case.still_asked)
        for request in evidence.requests_of(case):
            if not request.ended:
                yield f"{case.tag}: the upstream request {request.request_id} is still open"


def others_do_not_notice(evidence: Evidence) -> Iterator[str]:
    """9. A talk without a fault of its own, in a process without one, ends whole."""
    for case in evidence.cases:
        if case.fault != "none" or case.hit or case.shaken:
            continue
        for reply in evidence.replies_of(case):
            whole = [request.text for request in evidence.told_to(reply)][-1:]
            if reply.state != "done" or [reply.text] != whole:
                yield f"{case.tag}: had no fault, and reply {reply.id} is {reply.state}"
            elif case.text and case.text not in [other.text for other in evidence.replies_of(case)]:
                yield f"{case.tag}: had no fault, and holds another text than it was to get"
        if not evidence.replies_of(case):
            yield f"{case.tag}: had no fault, and has no reply"


def _hex(uuid: str) -> str:
    return uuid.replace("-", "")


RULES: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    durable_input,
    shown_is_stored,
    exact_text,
    always_ends,
    honest_label,
    exactly_one,
    money,
    deletes_win,
    others_do_not_notice,
)


def broken(evidence: Evidence) -> dict[int, list[str]]:
    """Sentences by the number of the rule that they break."""
    found = {number: list(rule(evidence)) for number, rule in enumerate(RULES, 1)}
    return {number: sentences for number, sentences in found.items() if sentences}
