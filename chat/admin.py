"""Django's admin: accounts, prices, budgets, keys and the ledger; no content of conversations."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from chat import usage
from chat.accounts import erasure, trail
from chat.models import Action, ApiKey, Budget, Call, Price, User


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    """Who is deleted here is deleted as a whole; of what goes with them only the numbers are shown."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Names of folders and prompts are content: the page that asks would list them."""
        _, numbers, unpermitted, protected = super().get_deleted_objects(objs, request)
        return [str(user) for user in objs], numbers, unpermitted, protected

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Django's own view is one transaction, in which nothing that runs could be closed."""
        user = self.get_object(request, unquote(object_id))
        if request.method == "POST" and user and self.has_delete_permission(request, user):
            erasure.retire(user)
        return super().delete_view(request, object_id, *args, **kwargs)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        trail.record(request, Action.USER_DELETED, subject=obj)
        erasure.erase(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            erasure.retire(user)
            self.delete_model(request, user)


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

    def save_model(self, request: HttpRequest, obj: Budget, form: Any, change: bool) -> None:
        """The admin's views are transactions."""
        usage.budget_begins()
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Budget) -> None:
        usage.remove_budgets(Budget.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Budget]) -> None:
        usage.remove_budgets(queryset)


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Keys are made by their owners; here they can be seen, disabled and deleted."""

    list_display = ("prefix", "name", "user", "enabled", "created_at", "expires_at", "last_used_at")
    list_filter = ("enabled",)
    search_fields = ("name", "user__username", "prefix")
    readonly_fields = ("user", "name", "prefix", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
