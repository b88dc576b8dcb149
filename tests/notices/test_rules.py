"""Words from parameters, quiet hours across midnight, pauses between attempts."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.worktime import CITY_ZONE
from tongban.notices.rules import PAUSES, fill, first_loud, pause_after, stored

NIGHT = {"since": time(22), "until": time(8)}
instants = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)
)
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def city(text):
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


@pytest.mark.parametrize(
    ("at", "loud"),
    [
        ("2026-09-21 21:59", "2026-09-21 21:59"),
        ("2026-09-21 22:00", "2026-09-22 08:00"),
        ("2026-09-21 23:59", "2026-09-22 08:00"),
        ("2026-09-22 00:00", "2026-09-22 08:00"),
        ("2026-09-22 07:59", "2026-09-22 08:00"),
        ("2026-09-22 08:00", "2026-09-22 08:00"),
        ("2026-12-31 22:30", "2027-01-01 08:00"),
    ],
)
def test_the_night_ends_at_eight(at, loud):
    assert first_loud(city(at), **NIGHT) == city(loud)


@pytest.mark.parametrize(
    ("at", "loud"), [("2026-09-21 12:30", "2026-09-21 14:00"), ("2026-09-21 14:00", None)]
)
def test_a_quiet_noon_lies_within_one_day(at, loud):
    found = first_loud(city(at), since=time(12), until=time(14))

    assert found == city(loud or at)


def test_equal_times_mean_no_quiet_hours():
    assert first_loud(city("2026-09-21 23:00"), since=time(8), until=time(8)) == city(
        "2026-09-21 23:00"
    )


@given(instants, times, times)
def test_the_first_loud_instant_is_loud_and_within_a_day(at, since, until):
    loud = first_loud(at, since=since, until=until)

    assert at <= loud < at + timedelta(days=1)
    assert first_loud(loud, since=since, until=until) == loud


@given(instants, times, times)
def test_nothing_before_it_is_loud(at, since, until):
    loud = first_loud(at, since=since, until=until)
    if loud > at:
        between = at + (loud - at) / 2

        assert first_loud(between, since=since, until=until) == loud


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "开店 2026年10月8日 甲；乙 7"), ("en", "shop 8 October 2026 甲; 乙 7")],
)
def test_parameters_are_said_in_the_readers_language(language, said):
    params = stored(
        {
            "thing": {"zh": "开店", "en": "shop"},
            "due": date(2026, 10, 8),
            "list": ["甲", "乙"],
            "n": 7,
        }
    )

    assert fill("{thing} {due} {list} {n}", params, language) == said


def test_an_instant_is_said_as_its_day_in_the_city():
    late = datetime(2026, 10, 7, 17, 0, tzinfo=UTC)

    assert fill("{at}", stored({"at": late}), "zh") == "2026年10月8日"


@given(st.text())
def test_a_value_is_never_read_as_a_text_with_parameters(value):
    assert fill("{a}", stored({"a": value, "b": "secret"}), "zh") == value


def test_what_cannot_be_said_is_refused():
    with pytest.raises(TypeError, match="float"):
        stored({"x": 1.5})


def test_pauses_grow_and_end():
    pauses = [pause_after(n) for n in range(1, len(PAUSES) + 2)]

    assert pauses[-1] is None
    assert pauses[:-1] == sorted(pauses[:-1])
