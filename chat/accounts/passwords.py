"""The forms for a new password, in the words of the sign-up form."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm, SetPasswordForm
from django import forms

PASSWORD_HELP = "8 characters or more; no common one, and not like your name."
LABELS = {
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password (again)",
}


class _Worded(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() & LABELS.keys():
            self.fields[name].label = LABELS[name]
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["password1"].help_text = PASSWORD_HELP


class ChangeForm(_Worded, ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    pass


class SetForm(_Worded, SetPasswordForm):  # type: ignore[misc]
    pass


class ResetForm(_Worded, ResetPasswordKeyForm):  # type: ignore[misc]
    pass
