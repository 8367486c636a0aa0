"""The ledger: opening and closing its rows, what they cost, and the reports over them."""

from chat.usage.admit import Admission, admit
from chat.usage.check import Difference, differences, left_open, still_reserved
from chat.usage.close import Closing, close_call
from chat.usage.counters import hold_counters, hold_counters_of, remove_budgets
from chat.usage.errors import OverBudget
from chat.usage.estimate import CAUTIOUS, Exact, estimate_prompt, estimate_tokens, last_exact
from chat.usage.prices import prompt_cost
from chat.usage.reports import Row, Span, total, usage_by_model, usage_by_user_and_model, usd
from chat.usage.rows import CSV_COLUMNS, ledger_rows, newest_calls
from chat.usage.standing import Standing, standing_now, standings, warning
from chat.usage.totals import count

__all__ = [
    "CAUTIOUS",
    "CSV_COLUMNS",
    "Admission",
    "Closing",
    "Difference",
    "Exact",
    "OverBudget",
    "Row",
    "Span",
    "Standing",
    "admit",
    "close_call",
    "count",
    "differences",
    "estimate_prompt",
    "estimate_tokens",
    "hold_counters",
    "hold_counters_of",
    "last_exact",
    "ledger_rows",
    "left_open",
    "newest_calls",
    "prompt_cost",
    "remove_budgets",
    "standing_now",
    "standings",
    "still_reserved",
    "total",
    "usage_by_model",
    "usage_by_user_and_model",
    "usd",
    "warning",
]
