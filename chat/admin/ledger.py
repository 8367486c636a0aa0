"""The ledger's rows."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from chat.models import Call, CallStatus
from chat.templatetags.parley import usd


@admin.register(Call)
class CallAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The ledger, read-only for everyone: a closed row never changes."""

    list_display = (
        "opened_at",
        "user",
        "source",
        "status",
        "model_requested",
        "model_answered",
        "prompt_tokens",
        "completion_tokens",
        "usage_source",
        "cost",
        "error",
    )
    list_filter = ("status", "source", "usage_source", "model_requested", "group")
    search_fields = (
        "user__username",
        "model_requested",
        "model_answered",
        "upstream_id",
        "error",
        "detail__text",
    )
    exclude = ("cost_nano_usd",)
    readonly_fields = ("cost", "detail")
    date_hierarchy = "day"
    list_select_related = ("user",)
    show_full_result_count = False

    @admin.display(description="cost", ordering="cost_nano_usd")
    def cost(self, row: Call) -> str | None:
        return None if row.status == CallStatus.RUNNING else usd(row.cost_nano_usd)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
