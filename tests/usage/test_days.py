"""The day a call counts on: the one it was opened on in the site's zone, also when clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chat.models import DailyTotal, User
from chat.usage import Span, usage_by
from tests.usage.closing import close, closed, opened

MOMENT = timedelta(microseconds=1)
# Zone, day of the change, and the first moments of it and of the day after.
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00", "2026-03-29T22:00"),  # 23 hours
    ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00", "2026-10-25T23:00"),  # 25 hours
    ("America/Santiago", date(2026, 9, 6), "2026-09-06T04:00", "2026-09-07T03:00"),  # has no midnight
    ("America/Santiago", date(2026, 4, 4), "2026-04-04T03:00", "2026-04-05T04:00"),  # ends twice
    ("Australia/Lord_Howe", date(2026, 10, 4), "2026-10-03T13:30", "2026-10-04T13:00"),  # half an hour
    ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00", "2026-04-05T13:30"),
]


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def closed_at(moment: datetime, user: User) -> None:
    with time_machine.travel(moment, tick=False):
        closed(user)


@pytest.mark.parametrize(("zone", "day", "begins", "ends"), CHANGES)
def test_a_day_of_a_change_begins_and_ends_in_the_sites_zone(
    settings: Any, alice: User, zone: str, day: date, begins: str, ends: str
) -> None:
    settings.TIME_ZONE = zone
    for moment in (at(begins) - MOMENT, at(begins), at(ends) - MOMENT, at(ends)):
        closed_at(moment, alice)
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    assert dict(DailyTotal.objects.values_list("day", "requests")) == {before: 1, day: 2, after: 1}
    assert [row.requests for row in usage_by("model", Span(day, day))] == [2]
    assert [row.requests for row in usage_by("model", Span(before, after))] == [4]


@pytest.mark.parametrize(("zone", "day", "begins", "ends"), CHANGES)
def test_a_week_with_a_change_has_each_call_once(
    settings: Any, alice: User, zone: str, day: date, begins: str, ends: str
) -> None:
    settings.TIME_ZONE = zone
    hours = [at(begins) + timedelta(hours=hour) for hour in range(-36, 60, 3)]
    for moment in hours:
        closed_at(moment, alice)
    week = day - timedelta(days=day.weekday())
    weeks = [Span(week + timedelta(days=7 * n), week + timedelta(days=7 * n + 6)) for n in (-1, 0, 1)]
    assert sum(row.requests for span in weeks for row in usage_by("model", span)) == len(hours)


@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        ("Europe/Berlin", "2026-03-31T21:59:59", "2026-03-31T22:00"),
        ("America/Santiago", "2026-05-01T03:59:59", "2026-05-01T04:00"),
        ("Australia/Lord_Howe", "2026-10-31T12:59:59", "2026-10-31T13:00"),
    ],
)
def test_the_month_of_a_change_ends_in_the_sites_zone(
    settings: Any, alice: User, zone: str, last: str, first: str
) -> None:
    settings.TIME_ZONE = zone
    closed_at(at(last), alice)
    for _ in range(2):
        closed_at(at(first), alice)
    for moment, requests in ((last, 1), (first, 2)):
        with time_machine.travel(at(moment), tick=False):
            assert [row.requests for row in usage_by("model", Span.this_month())] == [requests]


def test_a_call_that_ends_tomorrow_is_of_the_day_it_was_opened_on(alice: User) -> None:
    with time_machine.travel(at("2026-03-14T23:59:59"), tick=False):
        call = opened(alice)
    with time_machine.travel(at("2026-03-15T00:03"), tick=False):
        close(call)
    assert [total.day for total in DailyTotal.objects.all()] == [date(2026, 3, 14)]
