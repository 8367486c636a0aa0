"""Numbers in an address."""

import pytest
from django.http import Http404
from django.test import RequestFactory

from chat.views.address import number_in, number_of


@pytest.mark.parametrize("text", ["", " 7", "7.0", "+7", "-7", "seven", "٣", "²", "1" * 19])
def test_what_is_no_number_of_a_row_is_none(text: str) -> None:
    assert number_of(text) is None


def test_a_number_is_found_however_long_a_database_lets_it_be() -> None:
    assert number_of("7") == 7
    assert number_of("9" * 18) == 10**18 - 1


def test_a_number_may_be_missing_from_an_address_but_not_wrong() -> None:
    assert number_in(RequestFactory().get("/"), "leaf") is None
    assert number_in(RequestFactory().get("/?leaf=7"), "leaf") == 7
    with pytest.raises(Http404):
        number_in(RequestFactory().get("/?leaf=all"), "leaf")
