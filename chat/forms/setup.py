"""The first administrator."""

from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm

from chat.accounts.passwords import PASSWORD_HELP
from chat.models import User


class SetupForm(BaseUserCreationForm):  # type: ignore[type-arg]
    """The first administrator."""

    email = forms.EmailField(label="Email (optional)", required=False)

    class Meta:
        model = User
        fields = ("username", "email")
        help_texts = {"username": "Letters, digits and @ . + - _"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HELP
        self.fields["password2"].help_text = ""

    def full_clean(self) -> None:
        """Afterwards the first field that wants something is the one to type in; passwords are asked for anew."""
        super().full_clean()
        if self.errors:
            wants = [name for name in self.fields if name in self.errors or name == "password1"]
            for name, field in self.fields.items():
                field.widget.attrs["autofocus"] = name == wants[0]

    def validate_password_for_user(self, user: User) -> None:
        """Said of the first of the two, so that it is said also when the second one differs."""
        super().validate_password_for_user(user, "password1")  # type: ignore[misc]

    def save(self, commit: bool = True) -> User:
        self.instance.is_staff = self.instance.is_superuser = True
        user: User = super().save(commit)
        return user
