"""The ledger: opening and closing its rows, what they cost, and the reports over them."""

from chat.usage.admit import Admission, admit
from chat.usage.close import Closing, close_call
from chat.usage.estimate import estimate_tokens
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
    "Row",
    "Span",
    "admit",
    "close_call",
    "estimate_tokens",
    "ledger_rows",
    "newest_calls",
    "total",
    "usage_by_model",
    "usage_by_user_and_model",
    "usd",
]
