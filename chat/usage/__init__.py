"""The ledger: opening and closing its rows, what they cost, and the reports over them."""

from chat.usage.admit import Admission, admit
from chat.usage.close import Closing, close_call
from chat.usage.estimate import Exact, estimate_prompt, estimate_tokens, last_exact
from chat.usage.prices import prompt_cost
from chat.usage.reports import (
    CSV_COLUMNS,
    Row,
    Span,
    ledger_rows,
    newest_calls,
    total,
    usage_by_model,
    usage_by_user_and_model,
    usd,
)

__all__ = [
    "CSV_COLUMNS",
    "Admission",
    "Closing",
    "Exact",
    "Row",
    "Span",
    "admit",
    "close_call",
    "estimate_prompt",
    "estimate_tokens",
    "last_exact",
    "ledger_rows",
    "newest_calls",
    "prompt_cost",
    "total",
    "usage_by_model",
    "usage_by_user_and_model",
    "usd",
]
