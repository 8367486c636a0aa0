"""Folders, and what goes into them."""

from typing import Any

from django import forms

from chat.forms.typed import is_blank
from chat.models import FOLDER_NAME_CHARACTERS, MOST_FOLDERS, Folder, User

NAME_BLANK = "A folder needs a name."
NAME_TAKEN = "You have a folder of that name already."
TOO_MANY = f"You can have at most {MOST_FOLDERS} folders."


class FolderForm(forms.Form):
    """The name of a new folder, or another name for `folder`; needs the lock on the folders of `owner`."""

    name = forms.CharField(
        max_length=FOLDER_NAME_CHARACTERS,
        error_messages={
            "required": NAME_BLANK,
            "max_length": f"A folder's name has at most {FOLDER_NAME_CHARACTERS} characters.",
            "null_characters_not_allowed": "A folder's name cannot hold NUL characters.",
        },
    )

    def __init__(self, data: Any, *, owner: User, folder: Folder | None = None) -> None:
        super().__init__(data)
        self.others = Folder.objects.visible_to(owner).exclude(pk=folder.pk if folder else 0)
        self.is_new = folder is None

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if is_blank(name):
            raise forms.ValidationError(NAME_BLANK)
        if self.others.filter(name=name).exists():
            raise forms.ValidationError(NAME_TAKEN)
        if self.is_new and self.others.count() >= MOST_FOLDERS:
            raise forms.ValidationError(TOO_MANY)
        return name
