"""The log-in form."""

from typing import Any

from allauth.account.forms import LoginForm


class LogInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocomplete": "username"}
