"""Calendars from content: the nation's notices, the region's, and nothing that is guessed."""

import csv
from datetime import date

import chinese_calendar
import pytest

from tongban.catalogue.content import CalendarDay
from tongban.catalogue.content.loader import load_content
from tongban.catalogue.rules.days import calendar_from_data, counts, layers_of
from tongban.catalogue.rules.published import live_parts
from tongban.config.options import CHECKOUT
from tongban.kernel.worktime import CalendarUnpublished

CITY = CHECKOUT / "content"


@pytest.fixture(scope="module")
def calendars():
    return live_parts(load_content(CITY))["calendars"]


def test_the_nation_works_as_its_notices_say(calendars):
    nation = calendar_from_data(calendars, "110000")

    for year in range(2018, 2027):
        for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            assert nation.is_working(day) == chinese_calendar.is_workday(day), day
    with pytest.raises(CalendarUnpublished):
        nation.is_working(date(2027, 1, 4))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2025-01-24", 2, "2025-01-27"),
        ("2025-01-27", 5, "2025-02-10"),
        ("2025-04-30", 20, "2025-06-03"),
        ("2025-09-26", 5, "2025-10-10"),
        ("2025-09-30", 10, "2025-10-21"),
        ("2026-01-08", 2, "2026-01-12"),
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-04-30", 45, "2026-07-07"),
        ("2026-09-18", 3, "2026-09-22"),
        ("2024-12-30", 20, "2025-01-27"),
    ],
)
def test_the_vectors_of_the_specification_hold(calendars, start, n, end):
    nation = calendar_from_data(calendars, "110000")

    found = nation.add_working_days(date.fromisoformat(start), n)

    assert found == date.fromisoformat(end)


def test_the_region_rests_where_its_notice_says(calendars):
    nation, city = (calendar_from_data(calendars, place) for place in ("110000", "650100"))

    for path in sorted((CITY / "calendars/regional/650000").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [CalendarDay.model_validate(row) for row in csv.DictReader(stream)]
        for row in rows:
            expected = nation.is_working(row.date) and not counts(row)
            assert city.is_working(row.date) == expected, row


def test_a_layer_holds_in_its_region_alone():
    assert layers_of("650102", ["650000", "650100", "650200", "110000"]) == ("650000", "650100")


def test_working_minutes_follow_the_city_hours(calendars):
    city = calendar_from_data(calendars, "650100")

    assert [(a.hour, b.hour) for a, b in city.hours.on(date(2026, 11, 20))] == [(10, 14), (15, 19)]
