"""Whom an invitation is for."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group

from chat.models import InvitedAs, User

DAYS = 90
WRONG_DAYS = f"The days are a whole number from 1 to {DAYS}."


class InvitationForm(forms.Form):
    """Nobody gives away more than they have: roles and groups that `user` may not give are not on offer."""

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        roles = [
            (role.value, role.label)
            for role in InvitedAs
            if user.is_superuser or role is not InvitedAs.ADMINISTRATOR
        ]
        groups = Group.objects.order_by("name")
        self.fields["role"] = forms.ChoiceField(
            label="As what?",
            choices=roles,
            initial=InvitedAs.MEMBER,
            widget=forms.RadioSelect,
            error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose one of the roles."),
        )
        self.fields["group"] = forms.ModelChoiceField(
            groups if user.is_superuser else groups.filter(permissions=None),
            label="Group",
            required=False,
            empty_label="none",
            error_messages={"invalid_choice": "Choose one of the groups."},
        )
        self.fields["days"] = forms.IntegerField(
            label="Days it works for",
            min_value=1,
            max_value=DAYS,
            initial=7,
            error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], WRONG_DAYS),
        )

    @property
    def wanted(self) -> dict[str, Any]:
        """Only for a valid form."""
        data = self.cleaned_data
        return {"role": InvitedAs(data["role"]), "group": data["group"], "days": data["days"]}
