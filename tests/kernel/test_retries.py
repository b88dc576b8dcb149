"""The one rule of pauses: it waits longer and longer, never too long, and gives up at last."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.retries import A_DAY, HOURS, Retries

rules = st.builds(
    Retries,
    most=st.integers(1, 60),
    first=st.timedeltas(timedelta(seconds=1), timedelta(minutes=10)),
    longest=st.timedeltas(timedelta(minutes=10), timedelta(days=1)),
)


@given(rules, st.integers(1, 500))
def test_pauses_grow_between_the_first_and_the_longest(rule, attempts):
    one, next_one = rule.pause(attempts), rule.pause(attempts + 1)

    assert rule.first <= one <= next_one <= rule.longest
    assert next_one in (2 * one, rule.longest)
    assert rule.pause(1) == rule.first


@given(rules)
def test_it_is_given_up_once_and_for_all(rule):
    assert [rule.is_over(n) for n in (rule.most - 1, rule.most, rule.most + 1)] == [
        False, True, True,
    ]  # fmt: skip
    assert rule.lasts <= (rule.most - 1) * rule.longest


def test_departments_are_asked_for_hours_and_apps_for_a_day():
    assert timedelta(hours=3) < HOURS.lasts < timedelta(hours=5)
    assert timedelta(hours=22) < A_DAY.lasts < timedelta(hours=26)
    assert [HOURS.pause(n).total_seconds() for n in (1, 2, 8, 9, 12)] == [15, 30, 1920, 3600, 3600]
