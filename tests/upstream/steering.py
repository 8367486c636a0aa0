"""The play when nothing is queued: a short answer, or what the last user message itself asks for.

!status 429    an error status          !html          a page with 200
!cut 3         end without a finish     !reset 3       RST after 3 deltas
!silence 3     nothing more after 3     !error 3       an error object after 3 deltas
!long 400      400 words                !slow 0.2      seconds between deltas
!completion    JSON, not a stream       !echo text     says the text
"""

from tests.upstream.answers import Answer, Cut, Reset, Silence, deltas_of
from tests.upstream.events import text_event
from tests.upstream.journal import Record
from tests.upstream.plays import Completion, Html, Play, Status, Stream

LOREM = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore "
    "et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut."
)


def lorem(words: int) -> str:
    """A text of this many words."""
    some = LOREM.split()
    return " ".join(some[number % len(some)] for number in range(words))


def steered(record: Record, *, words: int = 30, delay: float = 0.0) -> Play:
    """The play for a request; a scripted one when its prompt begins with `!`."""
    if record.prompt.startswith("!"):
        order, _, rest = record.prompt[1:].partition(" ")
        if play := _ordered(order, rest.strip(), words, delay):
            return play
    if isinstance(record.body, dict) and not record.body.get("stream"):
        return Completion(lorem(words))
    return Answer(lorem(words), delay=delay)


def _ordered(order: str, rest: str, words: int, delay: float) -> Play | None:
    first = rest.split()[0] if rest else ""
    after = int(first) if first.isdigit() else 3
    match order:
        case "status":
            return Status(int(first or 500))
        case "html":
            return Html()
        case "completion":
            return Completion(lorem(words))
        case "cut":
            return Answer(lorem(words), delay=delay, ending=Cut(after))
        case "reset":
            return Answer(lorem(words), delay=delay, ending=Reset(after))
        case "silence":
            return Answer(lorem(words), delay=delay, ending=Silence(after))
        case "error":
            deltas = [text_event(delta) for delta in list(deltas_of(lorem(words)))[:after]]
            return Stream((*deltas, b'data: {"error": {"code": 502, "message": "scripted"}}\n\n'), delay)
        case "long":
            return Answer(lorem(after), delay=delay)
        case "slow":
            return Answer(lorem(words), delay=float(first or 0.2))
        case "echo":
            return Answer(rest, delay=delay)
    return None
