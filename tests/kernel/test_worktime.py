from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import holidays
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.kernel.calendars import YEARS, national, read_notice, shared_data, urumqi
from tongban.kernel.worktime import (
    CITY_ZONE,
    DEFAULT_HOURS,
    Calendar,
    CalendarUnpublished,
    DayKind,
    DayRow,
    Layer,
    OfficeHours,
    add_months,
    city_date,
    end_of_day,
    start_of_day,
)

DAYS = st.dates(date(2018, 1, 1), date(2026, 12, 31))
INSTANTS = st.datetimes(
    datetime(2023, 1, 1), datetime(2026, 6, 30), timezones=st.just(CITY_ZONE)
).map(lambda at: at.astimezone(UTC))
ONE_DAY = timedelta(days=1)


def every_day(year):
    first = date(year, 1, 1)
    return [first + timedelta(days=k) for k in range((date(year + 1, 1, 1) - first).days)]


def slow_add(calendar, start, n):
    day = start
    while n:
        day += ONE_DAY
        n -= calendar.is_working(day)
    return day


def at(*parts):
    return datetime(*parts, tzinfo=CITY_ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "n", "deadline"),
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
def test_deadlines_of_the_specification_hold(start, n, deadline):
    found = national().add_working_days(date.fromisoformat(start), n)

    assert found == date.fromisoformat(deadline)


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_the_working_days_of_the_specification(year, days):
    assert sum(map(national().is_working, every_day(year))) == days


@pytest.mark.parametrize(
    ("year", "off", "work"),
    [
        (
            2024,
            (
                "01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 "
                "09-16 09-17 10-01 10-02 10-03 10-04 10-07"
            ),
            "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
        ),
        (
            2025,
            (
                "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 "
                "10-01 10-02 10-03 10-06 10-07 10-08"
            ),
            "01-26 02-08 04-27 09-28 10-11",
        ),
        (
            2026,
            (
                "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 "
                "09-25 10-01 10-02 10-05 10-06 10-07"
            ),
            "01-04 02-14 02-28 05-09 09-20 10-10",
        ),
    ],
)
def test_days_off_and_made_up_days_are_those_of_the_specification(year, off, work):
    unusual = [day for day in every_day(year) if national().is_working(day) != (day.weekday() < 5)]

    assert [f"{d:%m-%d}" for d in unusual if d.weekday() < 5] == off.split()
    assert [f"{d:%m-%d}" for d in unusual if d.weekday() >= 5] == work.split()


@pytest.mark.parametrize("year", YEARS)
def test_three_independent_sources_agree_on_every_day(year):
    oracle = holidays.country_holidays("CN", years=year)

    for day in every_day(year):
        working = national().is_working(day)
        assert working == chinese_calendar.is_workday(day), day
        assert working == oracle.is_working_day(day), day


@pytest.mark.parametrize("year", YEARS)
def test_the_published_notices_agree_with_the_calendar(year):
    if not (shared_data() / "holidays-cn").is_dir():
        pytest.skip("SKIPPED LOUDLY: the notices (holidays-cn) are not here to compare with")

    for day, off in read_notice(year).items():
        if day.year in YEARS:
            assert national().is_working(day) is not off, day


@given(start=DAYS, n=st.integers(1, 300))
def test_adding_working_days_agrees_with_counting_day_by_day(start, n):
    assume(start < date(2025, 6, 1))

    assert national().add_working_days(start, n) == slow_add(national(), start, n)


@given(start=DAYS, n=st.integers(-200, 200))
def test_the_days_between_start_and_deadline_are_the_days_that_were_added(start, n):
    assume(date(2019, 1, 1) <= start < date(2026, 1, 1))
    deadline = national().add_working_days(start, n)

    between = national().working_days_between(start, deadline)

    if n >= 0:
        assert between == n
    else:
        # Counted as days d with deadline < d <= start: the deadline is out, the start is in.
        assert between == n + 1 - national().is_working(start)


@given(a=DAYS, b=DAYS, c=DAYS)
def test_counts_of_working_days_add_up(a, b, c):
    count = national().working_days_between

    assert count(a, b) + count(b, c) == count(a, c)


@given(start=DAYS, n=st.integers(1, 60))
def test_a_deadline_is_a_working_day_after_the_start(start, n):
    assume(start < date(2026, 9, 1))

    deadline = national().add_working_days(start, n)

    assert deadline > start
    assert national().is_working(deadline)


def test_no_days_at_all_end_on_the_day_itself():
    holiday = date(2026, 2, 17)

    assert national().add_working_days(holiday, 0) == holiday


def test_counting_back_finds_the_last_day_to_give_notice():
    # Seven working days before a hearing on Wednesday 2026-03-11.
    assert national().add_working_days(date(2026, 3, 11), -7) == date(2026, 3, 2)


def test_regional_days_off_move_a_joint_deadline():
    assert urumqi().add_working_days(date(2026, 4, 30), 45) == date(2026, 7, 10)
    assert urumqi().add_working_days(date(2026, 3, 19), 1) == date(2026, 3, 23)


def test_a_regional_row_wins_over_a_national_one():
    day = date(2026, 5, 9)
    rows = [
        DayRow(day, DayKind.WORK, "劳动节"),
        DayRow(day, DayKind.OFF, "古尔邦节", Layer.REGIONAL),
    ]

    assert not Calendar.of(rows).is_working(day)
    assert Calendar.of(reversed(rows)).notable_days(date(2026, 5, 8), day) == ()


@pytest.mark.parametrize(
    ("ask", "year"),
    [
        (lambda c: c.is_working(date(2027, 1, 4)), 2027),
        (lambda c: c.add_working_days(date(2026, 12, 31), 1), 2027),
        (lambda c: c.add_working_days(date(2026, 12, 1), 40), 2027),
        (lambda c: c.add_working_days(date(2028, 3, 1), 1), 2028),
        (lambda c: c.add_working_days(date(2018, 1, 2), -5), 2017),
        (lambda c: c.working_days_between(date(2026, 12, 1), date(2027, 1, 1)), 2027),
        (lambda c: c.working_days_between(date(2016, 12, 1), date(2018, 1, 5)), 2016),
        (lambda c: c.add_working_minutes(at(2026, 12, 31, 19), 31), 2027),
        (lambda c: c.working_minutes_between(at(2026, 12, 31), at(2027, 1, 2)), 2027),
    ],
)
def test_an_unpublished_year_is_named_and_never_guessed(ask, year):
    with pytest.raises(CalendarUnpublished) as refused:
        ask(national())

    assert refused.value.year == year
    assert refused.value.facts == {"year": year}
    assert str(year) in refused.value.sentence


def test_counting_may_start_on_the_eve_of_the_first_published_year():
    assert national().add_working_days(date(2017, 12, 31), 1) == date(2018, 1, 2)


def test_a_gap_between_published_years_is_unpublished():
    calendar = Calendar.of([], years=[2024, 2026])

    assert calendar.add_working_days(date(2026, 1, 1), 1) == date(2026, 1, 2)
    with pytest.raises(CalendarUnpublished) as refused:
        calendar.add_working_days(date(2024, 12, 31), 1)
    assert refused.value.year == 2025


def test_a_year_without_rows_is_not_published():
    assert Calendar.of([DayRow(date(2026, 1, 1), DayKind.OFF)]).published_years == (2026,)


def test_regional_rows_alone_do_not_publish_a_year():
    with pytest.raises(ValueError, match="outside the published years"):
        Calendar.of([DayRow(date(2027, 3, 10), DayKind.OFF, "肉孜节", Layer.REGIONAL)])


def test_two_rows_for_one_day_are_refused():
    rows = [DayRow(date(2026, 1, 1), DayKind.OFF), DayRow(date(2026, 1, 1), DayKind.WORK)]

    with pytest.raises(ValueError, match="two national rows"):
        Calendar.of(rows)


def test_an_unknown_kind_of_day_is_refused():
    with pytest.raises(ValueError, match="holiday"):
        DayRow(date(2026, 1, 1), "holiday")


def slow_minutes(calendar, a, b):
    minute = timedelta(minutes=1)
    found = 0
    while a < b:
        local = a.astimezone(CITY_ZONE)
        hours = calendar.hours.on(local.date()) if calendar.is_working(local.date()) else ()
        found += any(opened <= local.time() < closed for opened, closed in hours)
        a += minute
    return found


@given(a=INSTANTS, length=st.integers(0, 6 * 24 * 60))
def test_working_minutes_agree_with_counting_minute_by_minute(a, length):
    a = a.replace(second=0, microsecond=0)
    b = a + timedelta(minutes=length)

    assert national().working_minutes_between(a, b) == slow_minutes(national(), a, b)


@given(a=INSTANTS, n=st.integers(0, 20_000))
def test_as_many_minutes_pass_as_were_added_and_not_an_instant_sooner(a, n):
    end = national().add_working_minutes(a, n)

    assert national().working_minutes_between(a, end) == n
    if n:
        assert national().working_minutes_between(a, end - timedelta(microseconds=1)) == n - 1


@given(a=INSTANTS, b=INSTANTS, c=INSTANTS)
def test_open_time_adds_up(a, b, c):
    between = national().working_time_between

    assert between(a, b) + between(b, c) == between(a, c)


def test_minutes_stand_still_over_the_break_and_the_holiday():
    # Friday 2026-02-13 13:50, then the break, then a made-up Saturday, then the Spring Festival.
    start = at(2026, 2, 13, 13, 50)

    assert national().add_working_minutes(start, 10) == at(2026, 2, 13, 14, 0)
    assert national().add_working_minutes(start, 11) == at(2026, 2, 13, 15, 31)
    assert national().add_working_minutes(start, 10 + 240 + 480) == at(2026, 2, 14, 19, 30)
    assert national().add_working_minutes(start, 10 + 240 + 480 + 1) == at(2026, 2, 24, 10, 1)


def test_another_venue_has_other_hours_on_the_same_days():
    morning = OfficeHours.weekdays((time(9), time(12)))
    venue = national().with_hours(morning)

    assert venue.closing_time(date(2026, 3, 3)) == at(2026, 3, 3, 12)
    assert venue.working_minutes_between(at(2026, 3, 3), at(2026, 3, 4)) == 180
    assert national().closing_time(date(2026, 3, 3)) == at(2026, 3, 3, 19, 30)


def test_a_working_day_without_hours_closes_at_midnight():
    mondays = OfficeHours(
        week=(((time(10), time(12)),), *((),) * 6), makeup=((time(10), time(12)),)
    )
    venue = national().with_hours(mondays)

    assert venue.closing_time(date(2026, 3, 3)) == at(2026, 3, 4)
    assert venue.working_minutes_between(at(2026, 3, 3), at(2026, 3, 4)) == 0


def test_negative_working_time_cannot_be_added():
    with pytest.raises(ValueError, match="negative"):
        national().add_working_minutes(at(2026, 3, 3), -1)


@pytest.mark.parametrize(
    "intervals",
    [
        ((time(12), time(10)),),
        ((time(10), time(10)),),
        ((time(10), time(14)), (time(13), time(18))),
        ((time(15), time(18)), (time(10), time(12))),
        (),
    ],
)
def test_office_hours_that_make_no_sense_are_refused(intervals):
    with pytest.raises(ValueError, match="office hours"):
        OfficeHours.weekdays(*intervals)


def test_the_default_hours_are_those_of_urumqi():
    assert DEFAULT_HOURS.on(date(2026, 3, 3)) == (
        (time(10), time(14)),
        (time(15, 30), time(19, 30)),
    )


def test_a_day_in_the_city_begins_at_sixteen_hours_utc_of_the_day_before():
    day = date(2026, 3, 3)

    assert start_of_day(day) == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert end_of_day(day) == datetime(2026, 3, 3, 16, tzinfo=UTC)
    assert city_date(start_of_day(day)) == day
    assert city_date(end_of_day(day)) == day + ONE_DAY


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        city_date(datetime(2026, 3, 3))


@pytest.mark.parametrize(
    ("day", "n", "found"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-12-15", 1, "2025-01-15"),
        ("2024-01-15", -1, "2023-12-15"),
    ],
)
def test_a_month_later_is_the_corresponding_day_or_the_last(day, n, found):
    assert add_months(date.fromisoformat(day), n) == date.fromisoformat(found)


def test_notable_days_are_those_that_change_an_ordinary_week():
    days = national().notable_days(date(2026, 4, 30), date(2026, 5, 9))

    assert [(f"{row.on:%m-%d}", row.kind) for row in days] == [
        ("05-01", DayKind.OFF),
        ("05-04", DayKind.OFF),
        ("05-05", DayKind.OFF),
        ("05-09", DayKind.WORK),
    ]
