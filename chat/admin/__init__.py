"""Django's admin: accounts, prices, budgets, keys and the ledger; no content of conversations, no audit trail."""

from chat.admin import budgets, groups, keys, ledger, prices, users

__all__ = ["budgets", "groups", "keys", "ledger", "prices", "users"]
