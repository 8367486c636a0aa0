"""Why a form is refused, in one sentence."""

from django.forms import BaseForm


def first_error(form: BaseForm) -> str:
    """For the person who sent it: what is wrong with the first field that is. Not for a valid form."""
    return str(next(iter(form.errors.values()))[0])
