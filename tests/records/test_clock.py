"""The city's clock: forward only, running or frozen, every change in the journal."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.records.scenes import CLERK
from tongban.records import queries
from tongban.records.actions import CityClockOnlyForward, set_city_clock
from tongban.records.models import CityClock
from tongban.records.queries import city_now
from tongban.records.states import ClockMode

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_a_frozen_clock_stands_still():
    to = city_now() + 5 * HOUR

    shown = set_city_clock(to, by=CLERK, mode=ClockMode.FROZEN)

    assert [shown, city_now(), city_now()] == [to, to, to]


def test_a_running_clock_goes_on_from_where_it_was_set():
    to = city_now() + 24 * HOUR

    set_city_clock(to, by=CLERK)

    first, second = city_now(), city_now()
    assert to <= first < second < to + HOUR


def test_freezing_and_letting_run_keep_the_time():
    start = set_city_clock(city_now() + HOUR, by=CLERK)

    frozen = set_city_clock(None, by=CLERK, mode=ClockMode.FROZEN)
    running = set_city_clock(None, by=CLERK)

    assert start <= frozen == running <= city_now() < start + HOUR


def test_setting_the_clock_back_is_refused_and_changes_nothing():
    to = set_city_clock(city_now() + HOUR, by=CLERK, mode=ClockMode.FROZEN)

    with pytest.raises(CityClockOnlyForward) as refusal:
        set_city_clock(to - timedelta(microseconds=1), by=CLERK)

    assert city_now() == to
    assert refusal.value.facts["now"] == to.isoformat()


@pytest.mark.parametrize(
    "change",
    [
        "not_before = not_before - interval '1 second'",
        "mode = 'running', not_before = '2001-01-01'",
        "mode = 'frozen', not_before = '2001-01-01'",
    ],
)
def test_the_database_refuses_to_go_back_whoever_asks(change):
    with (
        pytest.raises(IntegrityError, match="only moves forward"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE records_cityclock SET {change}")


def test_the_shift_cannot_be_set_by_hand():
    frozen = set_city_clock(city_now() + HOUR, by=CLERK, mode=ClockMode.FROZEN)

    CityClock.objects.update(mode="running", shift_us=-(10**15), set_at="2001-01-01 00:00:00+00")

    assert frozen <= city_now() < frozen + HOUR


@pytest.mark.parametrize("command", ["DELETE FROM", "TRUNCATE"])
def test_the_clock_cannot_be_taken_away(owner, command):
    with pytest.raises(Exception, match=r"records_cityclock refuses|cannot truncate"):
        owner.execute(f"{command} records_cityclock")


def test_every_change_is_in_the_journal():
    before = set_city_clock(city_now() + HOUR, by=CLERK, mode=ClockMode.FROZEN)
    after = set_city_clock(before + HOUR, by=CLERK)

    last = queries.last_entry("clock", 1)

    assert (last.verb, last.at, last.actor_id) == ("set_clock", after, CLERK.id)
    assert last.body == {"mode": "running", "from": before.isoformat(), "to": after.isoformat()}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(-7200, 7200)), st.sampled_from(ClockMode)),
        max_size=8,
    )
)
def test_whatever_is_tried_the_clock_never_goes_back(db, attempts):
    with transaction.atomic():
        seen = [city_now()]
        for seconds, mode in attempts:
            to = None if seconds is None else seen[-1] + timedelta(seconds=seconds)
            try:
                seen.append(set_city_clock(to, by=CLERK, mode=mode))
            except CityClockOnlyForward:
                assert to < city_now()
            seen.append(city_now())
        transaction.set_rollback(True)

    assert seen == sorted(seen)
