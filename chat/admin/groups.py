"""Groups: what their members may do in the admin, and whose budgets they share."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangosGroupAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from chat.accounts.trail import record
from chat.models import Action

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangosGroupAdmin):
    """A group that is changed changes the roles of its members."""

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            _record(request, obj, "made")
        if "name" in form.changed_data and change:
            _record(request, obj, f"called {form.initial['name']} before")
        if "permissions" in form.changed_data:
            _record(request, obj, f"permissions: {codes(form.cleaned_data['permissions'])}")

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        self.delete_queryset(request, Group.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Group]) -> None:
        with transaction.atomic():
            for group in queryset:
                _record(request, group, "deleted, with its budgets")
            super().delete_queryset(request, queryset)


def codes(permissions: Any) -> str:
    """What they allow, such as "change_price"."""
    return ", ".join(sorted(permission.codename for permission in permissions)) or "none"


def _record(request: HttpRequest, group: Group, what: str) -> None:
    record(request, Action.ROLE_CHANGED, detail=f"the group {group.name}: {what}")
