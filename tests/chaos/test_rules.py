"""Each rule holds for a run in which all went well, and breaks when a journal says otherwise."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.chaos.evidence import Asked, Case, Ending, Evidence, Look, Request, Stored, StoredCall, StoredReply
from tests.chaos.rules import broken

TEXT = "w0000 é w0001 日本"
SEND, ASKED = "5e4d", "[t-1-0] What?"


def well() -> Evidence:
    """One question and its whole answer."""
    return Evidence(
        cases=[
            Case(
                "t-1-0",
                "none",
                frozenset({"done"}),
                TEXT,
                asked=[Asked(SEND, ASKED, True, (303,), frozenset({"/conversations/1/"}))],
                looks=[Look(1, frozenset({"w0000"}), "w0000 é")],
                endings=[Ending(1, TEXT, TEXT)],
            )
        ],
        requests=[Request("t-1-0", "c1", TEXT, "stop", (11, 22), turns=(("user", ASKED),))],
        stored=Stored(
            {"t-1-0": [False]},
            [("t-1-0", ASKED)],
            [StoredReply("t-1-0", 1, SEND, "done", "stop", TEXT)],
            [StoredCall("t-1-0", 1, "c1", "done", "provider", 11, 22, 0)],
        ),
    )


def test_no_rule_breaks_when_all_goes_well() -> None:
    assert broken(well()) == {}


def case(**changes: object) -> Callable[[Evidence], None]:
    return lambda evidence: evidence.cases.__setitem__(0, replace(evidence.cases[0], **changes))


def reply(**changes: object) -> Callable[[Evidence], None]:
    return lambda evidence: evidence.stored.replies.__setitem__(
        0, replace(evidence.stored.replies[0], **changes)
    )


def call(**changes: object) -> Callable[[Evidence], None]:
    return lambda evidence: evidence.stored.calls.__setitem__(0, replace(evidence.stored.calls[0], **changes))


def request(**changes: object) -> Callable[[Evidence], None]:
    return lambda evidence: evidence.requests.__setitem__(0, replace(evidence.requests[0], **changes))


def both(*doctors: Callable[[Evidence], None]) -> Callable[[Evidence], None]:
    return lambda evidence: [doctor(evidence) for doctor in doctors] and None


def second_request(evidence: Evidence) -> None:
    evidence.requests.append(replace(evidence.requests[0], request_id="c2"))
    evidence.stored.calls.append(replace(evidence.stored.calls[0], request_id="c2"))


DOCTORED = {
    "an accepted message is gone": (1, lambda evidence: evidence.stored.questions.clear()),
    "a message is never accepted": (1, case(asked=[Asked(SEND, ASKED, False, (503,))])),
    "a send is answered with an error page": (1, case(asked=[Asked(SEND, ASKED, True, (500, 303))])),
    "a word was shown before it was stored": (2, case(looks=[Look(1, frozenset({"w0001"}), "w0000")])),
    "a word that was shown is lost later": (2, reply(text="w0001")),
    "a reply whose words were shown is gone": (2, lambda evidence: evidence.stored.replies.clear()),
    "there is a gap": (3, reply(text="w0000 w0001 日本")),
    "a delta came twice": (3, reply(text="w0000 w0000 é w0001 日本")),
    "done, but not whole": (3, reply(text="w0000 é")),
    "Continue changed what was there": (3, reply(text="w0009" + TEXT, begun_with=5)),
    "a resumed reader has another text": (3, case(endings=[Ending(1, "w0000", TEXT)])),
    "a reply runs for ever": (4, reply(state="running", finish_reason="")),
    "a reply waits for ever": (4, reply(state="queued", finish_reason="", text="")),
    "chunks are left over": (4, reply(chunks=2)),
    "it ended too late": (4, lambda evidence: setattr(evidence, "seconds", 61.0)),
    "a reader has no end": (4, case(late=["a reader has no end"])),
    "done without a finish reason": (5, request(finish=None)),
    "another finish reason": (5, reply(finish_reason="length")),
    "stopped by nobody": (5, reply(state="stopped", finish_reason="")),
    "interrupted without a text": (5, reply(state="interrupted", finish_reason="", text="")),
    "failed with a text": (5, reply(state="failed", finish_reason="")),
    "interrupted without a reason": (5, reply(state="interrupted", finish_reason="")),
    "an empty turn is sent": (5, request(turns=(("user", "a"), ("assistant", " "), ("user", "b")))),
    "two turns of the user are sent": (5, request(turns=(("user", "a"), ("user", "b")))),
    "two replies to one send": (
        6,
        lambda evidence: evidence.stored.replies.append(replace(evidence.stored.replies[0], id=2)),
    ),
    "two messages of one send": (
        6,
        lambda evidence: evidence.stored.questions.append(evidence.stored.questions[0]),
    ),
    "one send leads to two places": (
        6,
        case(asked=[Asked(SEND, ASKED, True, (303,), frozenset({"/conversations/1/", "/conversations/2/"}))]),
    ),
    "another text is taken": (6, case(asked=[Asked(SEND, ASKED, True, (303,), other_text=303)])),
    "two requests for one send": (6, second_request),
    "one row is asked for twice": (
        6,
        both(case(most_requests=2), lambda evidence: evidence.requests.append(evidence.requests[0])),
    ),
    "a request without a row": (7, lambda evidence: evidence.stored.calls.clear()),
    "a row is never closed": (7, call(status="running")),
    "tokens stay reserved": (7, call(reserved_tokens=5)),
    "another usage than the provider's": (7, call(completion_tokens=21)),
    "an estimate in place of the provider's usage": (7, call(usage_source="estimate")),
    "nothing for what was answered": (7, both(request(usage=None), call(usage_source="none"))),
    "no tokens for what was answered": (
        7,
        both(request(usage=None), call(usage_source="estimate", prompt_tokens=0)),
    ),
    "text that costs nothing": (
        7,
        both(request(usage=None), call(usage_source="estimate", completion_tokens=0)),
    ),
    "an invented usage": (7, both(request(usage=None), call())),
    "deleted, and back": (8, case(deleted=True)),
    "deleted for good, and there": (8, case(deleted=True, purged=True)),
    "a request goes on after a delete": (8, case(still_asked=["the upstream was asked"])),
    "a request goes on": (8, request(ended=False)),
    "a bystander is stopped": (9, reply(state="interrupted", finish_reason="")),
    "a bystander gets another text": (9, both(reply(text="w0000"), request(text="w0000"))),
    "a bystander's reply is gone": (9, lambda evidence: evidence.stored.replies.clear()),
}


@pytest.mark.parametrize(("rule", "doctor"), DOCTORED.values(), ids=DOCTORED)
def test_a_rule_breaks_when(rule: int, doctor: Callable[[Evidence], None]) -> None:
    evidence = well()
    doctor(evidence)
    assert rule in broken(evidence)
