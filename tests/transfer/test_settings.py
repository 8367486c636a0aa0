"""Settings that come from outside: what the form takes comes back from an export, and nothing else is taken."""

import pytest

from chat.llm import RANGES, STOP_CHARACTERS, STOPS
from chat.transfer import Refused
from chat.transfer.settings import parse_settings


@pytest.mark.parametrize("name", RANGES)
def test_a_number_is_taken_within_the_range_of_the_form(name: str) -> None:
    bounds = RANGES[name]
    for value in (bounds.least, bounds.most):
        assert parse_settings({name: value}, "settings") == {name: value}
    for value in (bounds.least - 1, bounds.most + 1, True, "1", None):
        with pytest.raises(Refused, match=rf"^settings\.{name}: is not a (whole )?number from "):
            parse_settings({name: value}, "settings")


def test_as_many_stops_are_taken_as_the_form_takes() -> None:
    stops = ["x" * STOP_CHARACTERS] * STOPS
    assert parse_settings({"stop": stops}, "settings") == {"stop": stops}
    for wrong in ([*stops, "y"], ["x" * (STOP_CHARACTERS + 1)]):
        with pytest.raises(Refused, match=r"^settings\.stop"):
            parse_settings({"stop": wrong}, "settings")


def test_names_that_parley_does_not_know_are_kept() -> None:
    assert parse_settings({"logit_bias": {"7": 1}}, "settings") == {"logit_bias": {"7": 1}}
