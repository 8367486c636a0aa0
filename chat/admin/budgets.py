"""Budgets."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from chat import usage
from chat.admin.recorded import Recorded
from chat.forms.budgets import BudgetForm
from chat.models import Action, Budget, Unit, User


@admin.register(Budget)
class BudgetAdmin(Recorded):
    """A counter is in its budget's unit and of its period, so that these stay as they were made."""

    saved = Action.BUDGET_SET
    deleted = Action.BUDGET_REMOVED
    form = BudgetForm
    list_display = ("__str__", "user", "group", "warn_percent", "used_now")
    list_filter = ("period",)
    list_select_related = ("user", "group")
    autocomplete_fields = ("user",)

    @admin.display(description="used now")
    def used_now(self, budget: Budget) -> str:
        return usage.standing_now(budget).used_of_limit

    @admin.display(description="unit")
    def typed_in(self, budget: Budget) -> str:
        return "USD" if budget.unit == Unit.USD else budget.unit

    def get_fields(self, request: HttpRequest, obj: Budget | None = None) -> tuple[str, ...]:
        if obj:
            return ("user", "group", "period", "typed_in", "limit", "warn_percent", "used_now")
        return ("user", "group", "period", "unit", "limit", "warn_percent")

    def get_readonly_fields(self, request: HttpRequest, obj: Budget | None = None) -> tuple[str, ...]:
        return ("user", "group", "period", "typed_in", "used_now") if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        usage.budget_begins()
        super().save_model(request, obj, form, change)

    def about(self, row: Budget) -> User | None:
        return row.user

    def words(self, row: Budget, before: Budget | None = None) -> str:
        return row.changed_from(before)

    def remove(self, rows: QuerySet[Any]) -> None:
        usage.remove_budgets(rows)
