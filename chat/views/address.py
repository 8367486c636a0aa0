"""What an address says behind its question mark."""

import re

from django.http import Http404, HttpRequest

_NUMBER = re.compile("[0-9]{1,18}")  # more is no number of a row on any database


def number_of(text: str) -> int | None:
    """None for what is no number of a row."""
    return int(text) if _NUMBER.fullmatch(text) else None


def number_in(request: HttpRequest, name: str) -> int | None:
    """The number that `name` gives, where it is given; what is no number belongs to nothing, and is a 404."""
    given = request.GET.get(name)
    if given is None:
        return None
    number = number_of(given)
    if number is None:
        raise Http404(f"{name} is a number.")
    return number
