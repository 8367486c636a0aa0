"""The upstream's journal against the ledger, row for row; whatever does not agree is told in a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.stored import Database
from tests.faults.ledger.weather import Told
from tests.upstream import Answer, Completion, Record, Status

COLUMNS = (
    *("id", "request_id", "source", "status", "prompt_tokens", "completion_tokens", "usage_source"),
    *("cost_nano_usd", "reserved_tokens", "http_status", "error", "ttft_ms", "duration_ms"),
    *("completion_characters", "day", "user_id"),
)
NANO = 1_000_000_000
DIED = "process_died"


@dataclass(frozen=True)
class Row:
    """A row of the ledger, as plain SQL reads it."""

    id: int
    request_id: object
    source: str
    status: str
    prompt_tokens: int | None
    completion_tokens: int | None
    usage_source: str
    cost_nano_usd: int | None
    reserved_tokens: int
    http_status: int | None
    error: str
    ttft_ms: int | None
    duration_ms: int | None
    completion_characters: int
    day: object
    user_id: int

    @property
    def tokens(self) -> tuple[int | None, int | None]:
        return self.prompt_tokens, self.completion_tokens

    @property
    def never_went_out(self) -> bool:
        return self.duration_ms is None and self.usage_source == "none"

    @property
    def was_cut(self) -> bool:
        """By us, at a moment at which the provider's last words may have been under way."""
        return self.status == "stopped" or self.error == DIED


@dataclass(frozen=True)
class Price:
    """In nano-USD a token."""

    prompt: int
    completion: int

    def of(self, row: Row) -> int:
        return (row.prompt_tokens or 0) * self.prompt + (row.completion_tokens or 0) * self.completion


def rows_of(database: Database) -> list[Row]:
    rows = database.read(f"SELECT {', '.join(COLUMNS)} FROM chat_call ORDER BY id")
    return [Row(*values) for values in rows]


def disagreements(journal: Sequence[Record], ledger: Sequence[Row], price: Price) -> Iterator[str]:
    """Both ways: each request has its one row, and each row its request or a reason why there is none."""
    requests = {_hex(record.headers["x-client-request-id"]): record for record in journal}
    rows = {_hex(row.request_id): row for row in ledger}
    if len(requests) < len(journal):
        yield f"{len(journal) - len(requests)} requests went out under a row that had asked already"
    for request_id in requests.keys() - rows.keys():
        yield f"request {request_id} is not in the ledger"
    for request_id, row in rows.items():
        record = requests.get(request_id)
        wrong = _without_request(row) if record is None else _wrong_bill(row, record, price)
        yield from (f"call {row.id} ({row.source}, {row.status}, {row.error}) {what}" for what in wrong)


def _without_request(row: Row) -> Iterator[str]:
    if row.status in ("running", "done"):
        yield "has no request"
    if row.never_went_out:
        if row.tokens != (0, 0) or row.cost_nano_usd != 0:
            yield f"never went out and costs {row.tokens}, {row.cost_nano_usd}"
    elif not row.was_cut or row.http_status or row.ttft_ms:
        yield "was asked by its own account, and the upstream knows nothing of it"


def _wrong_bill(row: Row, record: Record, price: Price) -> Iterator[str]:
    if row.status == "running" or row.reserved_tokens:
        yield f"is {row.status} and keeps {row.reserved_tokens} tokens"
        return
    if row.never_went_out:
        yield "says that it never went out"
    tokens, cost = reported(record)
    if isinstance(record.play, Status) and row.http_status == record.play.status:
        if (row.status, row.usage_source, row.tokens) != ("failed", "none", (0, 0)):
            yield f"was refused and has {row.tokens} ({row.usage_source})"
    elif row.usage_source == "provider":
        if row.tokens != tokens:
            yield f"has {row.tokens} as the provider's, who said {tokens}"
    elif tokens is not None and not row.was_cut:
        yield f"has {row.tokens} ({row.usage_source}), and the provider said {tokens}"
    elif row.usage_source != "estimate" or not row.prompt_tokens:
        yield f"was answered without figures and has {row.tokens} ({row.usage_source})"
    elif row.completion_characters and not row.completion_tokens:
        yield f"brought {row.completion_characters} characters for no token"
    known = cost if row.usage_source == "provider" else None
    due = price.of(row) if known is None else known
    if row.cost_nano_usd != due:
        yield f"costs {row.cost_nano_usd} nano-USD in place of {due}"


def reported(record: Record) -> tuple[tuple[int, int] | None, int | None]:
    """The tokens and the nano-USD that the upstream told."""
    play = record.play
    if isinstance(play, Told):
        return play.usage, None
    cost = None
    if isinstance(play, Answer) and play.cost_usd is not None:
        cost = play.cost_usd
    elif isinstance(play, Completion):
        cost = play.meta["usage"]["usd_spent"] if play.meta else play.headers.get("x-aimlapi-usd-spent")
    return record.usage, None if cost is None else round(float(cost) * NANO)


def _hex(request_id: object) -> str:
    return str(request_id).replace("-", "")
