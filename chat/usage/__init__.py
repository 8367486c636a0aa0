"""The ledger: opening and closing its rows, what they cost, and the reports over them."""

from chat.usage.admit import Admission, admit
from chat.usage.attempt import Attempt
from chat.usage.chart import SHOWN, chart_of
from chat.usage.check import Difference, differences, left_open, still_reserved
from chat.usage.close import Closing, close_call
from chat.usage.counters import hold_counters, hold_counters_of, remove_budgets
from chat.usage.crossings import administrators
from chat.usage.errors import OverBudget
from chat.usage.estimate import CAUTIOUS, Exact, estimate_prompt, estimate_tokens, last_exact
from chat.usage.fill import Filled, fill_prices, models_to_price
from chat.usage.grant import DecidedAlready, NotAsked, OwnRequest, ask, decline, grant, may_grant
from chat.usage.names import names_of, pseudonym
from chat.usage.new_budgets import budget_begins
from chat.usage.noted import tell_refusals
from chat.usage.pace import pace_of_budgets, pace_of_month
from chat.usage.prices import prompt_cost
from chat.usage.refusals import record_refusal
from chat.usage.reports import Row, own_usage, total, usage_by, usage_by_conversation, usage_by_day, usd
from chat.usage.rows import CSV_COLUMNS, ledger_rows, page_of_calls
from chat.usage.running import open_calls
from chat.usage.span import COLUMNS, EVERYTHING, FIRST, LAST, UNFINISHED, Only, Span
from chat.usage.standing import Standing, standing_now, standings, standings_of, warning
from chat.usage.totals import count

__all__ = [
    "CAUTIOUS",
    "COLUMNS",
    "CSV_COLUMNS",
    "EVERYTHING",
    "FIRST",
    "LAST",
    "SHOWN",
    "UNFINISHED",
    "Admission",
    "Attempt",
    "Closing",
    "DecidedAlready",
    "Difference",
    "Exact",
    "Filled",
    "NotAsked",
    "Only",
    "OverBudget",
    "OwnRequest",
    "Row",
    "Span",
    "Standing",
    "administrators",
    "admit",
    "ask",
    "budget_begins",
    "chart_of",
    "close_call",
    "count",
    "decline",
    "differences",
    "estimate_prompt",
    "estimate_tokens",
    "fill_prices",
    "grant",
    "hold_counters",
    "hold_counters_of",
    "last_exact",
    "ledger_rows",
    "left_open",
    "may_grant",
    "models_to_price",
    "names_of",
    "open_calls",
    "own_usage",
    "pace_of_budgets",
    "pace_of_month",
    "page_of_calls",
    "prompt_cost",
    "pseudonym",
    "record_refusal",
    "remove_budgets",
    "standing_now",
    "standings",
    "standings_of",
    "still_reserved",
    "tell_refusals",
    "total",
    "usage_by",
    "usage_by_conversation",
    "usage_by_day",
    "usd",
    "warning",
]
