"""API keys."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from chat.admin.recorded import Recorded
from chat.models import Action, ApiKey, User


@admin.register(ApiKey)
class ApiKeyAdmin(Recorded):
    """Keys are made by their owners; here they can be seen, disabled and deleted."""

    saved = Action.KEY_CHANGED
    deleted = Action.KEY_DELETED
    list_display = (
        "prefix",
        "name",
        "user",
        "enabled",
        "blocked",
        "created_at",
        "expires_at",
        "last_used_at",
    )
    list_filter = ("enabled", "blocked")
    search_fields = ("name", "user__username", "prefix")
    readonly_fields = ("user", "name", "prefix", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def about(self, row: ApiKey) -> User | None:
        return row.user

    def words(self, row: ApiKey, before: Any = None) -> str:
        """Its beginning, by which people tell it, and what was changed."""
        if before is None:
            return row.prefix
        changed = [("enabled" if row.enabled else "disabled")] * (row.enabled != before.enabled)
        changed += ["blocked" if row.blocked else "not blocked"] * (row.blocked != before.blocked)
        if row.expires_at != before.expires_at:
            changed.append(f"expires {row.expires_at:%Y-%m-%d}" if row.expires_at else "never expires")
        return f"{row.prefix} {', '.join(changed)}"
