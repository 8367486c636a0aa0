"""Django's admin: accounts, prices, budgets, keys and the ledger; no content of conversations."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from chat import usage
from chat.accounts.trail import record
from chat.models import Action, ApiKey, Budget, Call, Price, User

admin.site.register(User, UserAdmin)


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
        "error_detail",
    )
    date_hierarchy = "day"
    list_select_related = ("user",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Price)
class PriceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("model", "starts_on", "prompt_nano_usd", "completion_nano_usd")
    list_filter = ("model",)


@admin.register(Budget)
class BudgetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A counter is in its budget's unit and of its period, so that these stay as they were made."""

    list_display = ("__str__", "user", "group", "period", "unit", "limit", "warn_percent", "used_now")
    list_filter = ("period", "unit")
    list_select_related = ("user", "group")
    autocomplete_fields = ("user",)

    @admin.display(description="used now")
    def used_now(self, budget: Budget) -> str:
        return usage.standing_now(budget).used_of_limit

    def get_readonly_fields(self, request: HttpRequest, obj: Budget | None = None) -> tuple[str, ...]:
        return ("user", "group", "period", "unit", "used_now") if obj else ()

    def delete_model(self, request: HttpRequest, obj: Budget) -> None:
        usage.remove_budgets(Budget.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Budget]) -> None:
        usage.remove_budgets(queryset)


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Keys are made by their owners; here they can be seen, disabled and deleted, which the trail tells."""

    list_display = ("prefix", "name", "user", "enabled", "created_at", "expires_at", "last_used_at")
    list_filter = ("enabled",)
    search_fields = ("name", "user__username", "prefix")
    readonly_fields = ("user", "name", "prefix", "created_at", "last_used_at")
    list_select_related = ("user",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "enabled" in form.changed_data:
            _record_key(request, Action.KEY_CHANGED, obj, "enabled" if obj.enabled else "disabled")
        if "expires_at" in form.changed_data:
            _record_key(request, Action.KEY_CHANGED, obj, f"last day {obj.last_day or 'none'}")

    def delete_model(self, request: HttpRequest, obj: ApiKey) -> None:
        _record_key(request, Action.KEY_DELETED, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        with transaction.atomic():
            for key in queryset.select_related("user"):
                _record_key(request, Action.KEY_DELETED, key)
            super().delete_queryset(request, queryset)


def _record_key(request: HttpRequest, action: Action, key: ApiKey, *what: str) -> None:
    whose = None if key.user == request.user else key.user
    record(request, action, subject=whose, detail=" ".join([key.shown_as, *what]))
