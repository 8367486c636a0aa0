"""What is added, changed and deleted in the admin is in the audit trail."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from chat.accounts.trail import record
from chat.models import Action, User


class Recorded(admin.ModelAdmin):  # type: ignore[type-arg]
    """The admin's own forms are transactions; its action for many rows is made one here."""

    saved: ClassVar[Action]
    deleted: ClassVar[Action]

    def about(self, row: Any) -> User | None:
        """The person whom a row is about."""
        return None

    def words(self, row: Any, before: Any = None) -> str:
        """What a row says, and for one that is changed what it said; without a person."""
        raise NotImplementedError

    def remove(self, rows: QuerySet[Any]) -> None:
        rows.delete()

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        before = self.model._default_manager.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        if form.changed_data or not change:
            record(request, self.saved, subject=self.about(obj), detail=self.words(obj, before))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete_queryset(request, self.model._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for row in queryset:
                record(request, self.deleted, subject=self.about(row), detail=self.words(row))
            self.remove(queryset)
