"""The end of one's own account."""

from typing import Any

from django import forms

from chat.models import User


class LeaveForm(forms.Form):
    """One's user name, typed: nobody deletes an account by a slip."""

    name = forms.CharField(
        label="Your user name",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={
            "required": "Type your user name.",
            "null_characters_not_allowed": "This is not your user name.",
        },
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.user.get_username():
            raise forms.ValidationError("This is not your user name.")
        return name
