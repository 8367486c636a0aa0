"""The ledger's rows."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from chat.accounts.trail import record
from chat.models import Action, Call, User


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
        "cost_nano_usd",
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
    readonly_fields = ("detail",)
    date_hierarchy = "day"
    list_select_related = ("user",)
    show_full_result_count = False
    actions = ("stop",)

    @admin.action(description="Stop API requests that run", permissions=["view"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Call]) -> None:
        """A wish, which the process that runs one reads within seconds; rows of other kinds stay as they are."""
        with transaction.atomic():
            running = list(Call.objects.filter(pk__in=queryset.values("pk")).stoppable())
            for call in running:
                subject = User.objects.filter(pk=call.user_id or 0).first()
                record(request, Action.STOPPED, subject=subject, detail=f"API request {call.pk}")
            Call.objects.filter(pk__in=[call.pk for call in running]).request_stop()
        self.message_user(request, f"{len(running)} of them run for the API and end within seconds.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
