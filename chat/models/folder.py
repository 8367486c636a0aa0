"""A place for conversations that belong together; folders do not nest."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet

if TYPE_CHECKING:
    from chat.models.user import User

MOST_FOLDERS = 200  # a user
FOLDER_NAME_CHARACTERS = 100


class FolderQuerySet(QuerySet["Folder"]):
    def visible_to(self, user: User) -> FolderQuerySet:
        return self.filter(owner=user)


class Folder(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="folders")
    name = models.CharField(max_length=FOLDER_NAME_CHARACTERS)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[FolderQuerySet] = FolderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("owner", "name", name="one_folder_a_name")]

    def __str__(self) -> str:
        return self.name
