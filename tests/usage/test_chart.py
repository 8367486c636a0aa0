"""The chart's table: a line a day, week or month, a cell a series, and the same sum as the table beside it."""

from datetime import date, timedelta

import pytest

from chat.models import Period, User
from chat.usage import EVERYTHING, Only, Span, chart_of, usage_by
from chat.usage.chart import Chart
from chat.usage.reports import usage_by_day_and
from tests.usage.used import DAY, used

MARCH = Span(date(2026, 3, 1), date(2026, 3, 31))


def chart(what: str = "model", span: Span = MARCH, show: str = "requests", only: Only = EVERYTHING) -> Chart:
    return chart_of(what, span, only, usage_by(what, span, only), show=show)


def drawn(chart: Chart) -> dict[str, list[str]]:
    """What stands in each line that has anything."""
    lines = {str(line.day): [cell.words for cell in line.cells] for line in chart.lines}
    return {day: words for day, words in lines.items() if set(words) - {"0", "$0.00"}}


def test_every_day_has_a_line_the_oldest_first(alice: User) -> None:
    used(alice)
    found = chart()
    assert found.period is Period.DAY
    assert [line.day for line in found.lines] == [MARCH.start + timedelta(days=n) for n in range(31)]
    assert drawn(found) == {"2026-03-14": ["1"]}


def test_a_series_stands_for_each_value_the_largest_first(alice: User) -> None:
    used(alice, model_answered="small")
    for _ in range(2):
        used(alice, model_answered="large", cost_nano_usd=1_000_000_000, prompt_tokens=1, completion_tokens=1)
    used(alice, model_answered="large", day=DAY + timedelta(days=1), status="running")
    assert chart().series == ("large", "small")
    assert drawn(chart()) == {"2026-03-14": ["2", "1"], "2026-03-15": ["1", "0"]}
    assert (chart(show="tokens").series, drawn(chart(show="tokens"))) == (
        ("small", "large"),
        {"2026-03-14": ["30", "4"]},
    )
    assert drawn(chart(show="cost")) == {"2026-03-14": ["$2.00", "$1.50"]}
    assert chart(show="cost").lines[13].cells[0].amount == 2.0


@pytest.mark.parametrize(
    ("models", "series", "others"), [(7, 7, False), (8, 8, False), (9, 8, True), (30, 8, True)]
)
def test_more_than_can_be_told_apart_are_one_series(
    alice: User, models: int, series: int, others: bool
) -> None:
    for number in range(models):
        for _ in range(2 if number < 7 else 1):
            used(alice, model_answered=f"m-{number}")
    found = chart()
    assert len(found.series) == series
    assert (found.series[-1] == "all others") is others
    assert sum(cell.amount for line in found.lines for cell in line.cells) == models + 7
    assert found.lines[13].cells[-1].amount == (models - 7 if others else 2 if models == 7 else 1)


@pytest.mark.parametrize("days", [31, 200])
def test_all_others_of_each_line_are_what_its_series_leave(alice: User, days: int) -> None:
    for number in range(9):
        for day in (DAY, DAY + timedelta(days=9)):
            for _ in range(3 if number < 7 else 1):
                used(alice, model_answered=f"m-{number}", day=day)
    used(alice, model_answered="m-8", day=DAY + timedelta(days=2), status="running")
    found = chart(span=Span(MARCH.start, MARCH.start + timedelta(days=days - 1)))
    lines = [[cell.amount for cell in line.cells] for line in found.lines]
    assert [line[-1] for line in lines if any(line)] == [2, 1, 2]
    assert all(line[:-1] in ([3] * 7, [0] * 7) for line in lines)


def test_a_day_is_read_for_the_values_that_are_drawn_alone(alice: User) -> None:
    for model in ("large", "small", "other"):
        used(alice, model_answered=model)
    read = usage_by_day_and("model", ["large", "small"], MARCH)
    assert {value for _, value in read} == {"large", "small"}
    assert not usage_by_day_and("model", ["large"], MARCH, Only(source="api"))


@pytest.mark.parametrize(
    ("days", "period", "lines"),
    [
        (1, "day", 1),
        (92, "day", 92),
        (93, "week", 14),
        (644, "week", 93),
        (645, "month", 22),
        (731, "month", 25),
        (3653, "month", 121),
    ],
)
def test_a_line_stands_for_a_week_or_a_month_where_there_are_many_days(
    alice: User, days: int, period: str, lines: int
) -> None:
    span = Span(DAY, DAY + timedelta(days=days - 1))
    for day in {span.start, span.end, span.start + timedelta(days=days // 2)}:
        used(alice, day=day)
    found = chart(span=span)
    assert (found.period, len(found.lines)) == (period, lines)
    assert found.lines[0].day == span.start
    assert all(before.day < after.day for before, after in zip(found.lines, found.lines[1:], strict=False))
    assert sum(line.cells[0].amount for line in found.lines) == usage_by("model", span)[0].requests


def test_a_week_that_began_before_the_span_stands_under_its_first_day(alice: User) -> None:
    span = Span(date(2026, 3, 14), date(2026, 8, 1))  # from a Saturday
    for day in (date(2026, 3, 15), date(2026, 3, 16), date(2026, 8, 1)):
        used(alice, day=day)
    assert drawn(chart(span=span)) == {"2026-03-14": ["1"], "2026-03-16": ["1"], "2026-07-27": ["1"]}


def test_it_is_limited_as_the_table_is(alice: User, charlie: User) -> None:
    used(alice)
    used(charlie)
    used(charlie, source="api")
    found = chart("user", only=Only(source="chat"))
    assert (found.series, drawn(found)) == (("alice", "charlie"), {"2026-03-14": ["1", "1"]})


@pytest.mark.django_db
def test_where_nothing_was_asked_there_is_no_series() -> None:
    assert (chart().series, drawn(chart())) == ((), {})
