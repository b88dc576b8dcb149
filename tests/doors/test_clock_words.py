"""What is left of a limit, in words: one day is no days."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from tongban.doors.texts import clock_left, clock_over, run_on
from tongban.doors.units import days


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("workday", "working day"),
        ("day", "day"),
        ("hour", "hour"),
        ("minute", "minute"),
        ("workminute", "working minute"),
    ],
)
def test_one_is_said_as_one_in_english(unit, name):
    with override("en"):
        assert clock_left(unit, 1) == f"1 {name} left"
        assert clock_left(unit, 2) == f"2 {name}s left"
        assert clock_over(unit, 1) == f"1 {name} over"
        assert clock_over(unit, 2) == f"2 {name}s over"


@pytest.mark.parametrize("unit", ["workday", "day", "hour", "minute", "workminute"])
@pytest.mark.parametrize("language", ["zh-hans", "ug"])
def test_the_number_stands_in_every_language(language, unit):
    with override(language):
        assert "7" in clock_left(unit, 7)
        assert "7" in clock_over(unit, 7)
        assert clock_left(unit, 7) != clock_over(unit, 7)


@pytest.mark.parametrize(
    ("language", "found"), [("zh-hans", "A。B。"), ("en", "A。 B。"), ("ug", "A。 B。")]
)
def test_sentences_run_on_with_a_space_where_the_language_has_one(language, found):
    with override(language):
        assert run_on(("A。", "B。 ")) == found


def test_a_length_of_time_is_said_as_one_or_many_in_english():
    with override("en"):
        assert [days(n, "month") for n in (1, 6)] == ["1 month", "6 months"]
        assert [days(n, "day") for n in (1, 60)] == ["1 day", "60 days"]
        assert days(0.5) == "0.5 working days"
    with override("ug"):
        assert days(6, "month").endswith(" ئاي")
    assert days(6, "month") == "6 个月"
