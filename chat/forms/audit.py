"""What the audit trail is asked for in its address: a person, a kind of action, days."""

import re
from typing import Any

from django import forms

from chat.accounts.reading import GROUPS, Wanted
from chat.forms.reports import Word
from chat.forms.spans import SpanForm
from chat.models import User

EVERYTHING = "everything"
ERASED = re.compile(r"deleted user ([0-9]{1,18})")


class AuditForm(SpanForm):
    """`who` is a user's name, also the one that stands for somebody who is erased."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["who"] = forms.CharField(
            required=False, max_length=150, error_messages={"max_length": "No user name is as long as that."}
        )
        self.fields["action"] = Word((EVERYTHING, *GROUPS), "action")

    def clean_who(self) -> int | None:
        name: str = self.cleaned_data["who"]
        if not name:
            return None
        if erased := ERASED.fullmatch(name):
            return int(erased[1])
        for field in ("username", "username__iexact"):
            if (
                found := User.objects.filter(**{field: name})
                .order_by("pk")
                .values_list("pk", flat=True)
                .first()
            ):
                return found
        raise forms.ValidationError(f"There is no user “{name}”.")

    def wanted(self) -> Wanted:
        """Only for a valid form."""
        return Wanted(
            who=self.cleaned_data["who"],
            actions=GROUPS.get(self.cleaned_data["action"], ()),
            start=self.cleaned_data["from"],
            end=self.cleaned_data["to"],
        )
