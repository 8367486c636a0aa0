"""The ledger: opening and closing its rows, what they cost, and the reports over them."""

from chat.usage.admit import Admission, admit
from chat.usage.close import Closing, close_call
from chat.usage.counters import hold_counters, hold_counters_of, remove_budgets
from chat.usage.errors import OverBudget
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
from chat.usage.standing import Standing, standing_now, standings, warning

__all__ = [
    "CSV_COLUMNS",
    "Admission",
    "Closing",
    "Exact",
    "OverBudget",
    "Row",
    "Span",
    "Standing",
    "admit",
    "close_call",
    "estimate_prompt",
    "estimate_tokens",
    "hold_counters",
    "hold_counters_of",
    "last_exact",
    "ledger_rows",
    "newest_calls",
    "prompt_cost",
    "remove_budgets",
    "standing_now",
    "standings",
    "total",
    "usage_by_model",
    "usage_by_user_and_model",
    "usd",
    "warning",
]
