"""The days that an address asks for."""

from chat import usage
from chat.forms import SpanForm
from chat.views.answers import UserRequest

WRONG = "A day is written as 2026-11-23."


def wrong_of(form: SpanForm) -> str:
    """What is wrong with an address, for the person who wrote it; not for a valid form."""
    if form.errors.keys() & {"from", "to"}:
        return WRONG
    return str(next(iter(form.errors.values()))[0])


def span_of(request: UserRequest) -> tuple[usage.Span, str]:
    """The days asked for, and what is wrong with them, if anything is."""
    form = SpanForm(request.GET)
    return (form.span(), "") if form.is_valid() else (usage.Span.this_month(), wrong_of(form))
