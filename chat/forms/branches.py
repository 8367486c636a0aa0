"""Which branch of a conversation a form is about."""

from django import forms

LEAF_WRONG = "The form did not say which message it is about. Reload the page and try again."


class BranchForm(forms.Form):
    """`leaf` is the last message of the branch; without one it is the branch that is shown by itself."""

    leaf = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), LEAF_WRONG),
    )
