"""An account as the admin takes it."""

from typing import Any

from django.contrib.auth.forms import UserChangeForm

from chat.accounts.administrators import one_stays_without

LAST = "This is the only administrator: make somebody else one first."


class UserForm(UserChangeForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        """Before the fields are put into the account: here it is what the database has."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        stays = all(cleaned.get(name, getattr(self.instance, name)) for name in ("is_superuser", "is_active"))
        if not stays and not one_stays_without([self.instance]):
            self.add_error(None, LAST)
        return cleaned
