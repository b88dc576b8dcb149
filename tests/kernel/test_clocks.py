import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernel.calendars import national
from tongban.kernel.clocks import (
    ClockSpec,
    ClockState,
    Due,
    EndsAt,
    Firing,
    Ledger,
    Level,
    Mark,
    Suspension,
    Unit,
    advance,
    due,
    firings,
    fold,
    read,
    read_ledger,
)
from tongban.kernel.worktime import CITY_ZONE, Calendar, city_date, end_of_day, start_of_day

ONE_DAY = timedelta(days=1)
LEGAL = ClockSpec(
    name="legal",
    length=20,
    unit=Unit.WORKDAY,
    starts_on=frozenset({"accept", "deem_accept"}),
    stops_on=frozenset({"grant", "deny"}),
    pauses_on=frozenset({"special_started"}),
    resumes_on=frozenset({"special_ended"}),
    extends_on=frozenset({"extend"}),
    extension=10,
    basis="行政许可法 42",
    mark="VL",
)


def at(*parts):
    return datetime(*parts, tzinfo=CITY_ZONE).astimezone(UTC)


def legal(length, **changes):
    return replace(LEGAL, length=length, **changes)


def started(*parts):
    return Ledger(at(*parts))


# An oracle that shares nothing with the kernel: it walks from day to day, or minute to minute.


def slow_due_day(unit, length, start, stretches, *, last=date(2026, 12, 31)):
    """The day on which the last unit is used, None where it lies beyond what is known."""
    day = start
    while length:
        day += ONE_DAY
        if day > last:
            return None
        stands = any(since < day <= until for since, until in stretches)
        counts = unit is Unit.DAY or national().is_working(day)
        length -= counts and not stands
    return day


def slow_used(unit, start, stretches, until):
    return sum(
        (unit is Unit.DAY or national().is_working(day))
        and not any(since < day <= end for since, end in stretches)
        for day in (start + k * ONE_DAY for k in range(1, (until - start).days + 1))
    )


@st.composite
def histories(draw, *, start_year=2023, span_days=500):
    """A start, some closed suspensions in order, and a length."""
    start = at(start_year, 1, 1) + timedelta(minutes=draw(st.integers(0, 365 * 24 * 60)))
    gaps = draw(st.lists(st.integers(0, span_days * 24 * 60 // 8), max_size=8))
    instants = []
    cursor = start
    for gap in gaps:
        cursor += timedelta(minutes=gap)
        instants.append(cursor)
    pairs = list(zip(instants[::2], instants[1::2], strict=False))
    marks = [Mark(start, "accept")]
    for since, until in pairs:
        marks += [Mark(since, "special_started"), Mark(until, "special_ended")]
    return marks, pairs


def days_of(pairs):
    return [(city_date(since), city_date(until)) for since, until in pairs]


@given(
    history=histories(), length=st.integers(0, 60), unit=st.sampled_from([Unit.WORKDAY, Unit.DAY])
)
def test_a_due_day_agrees_with_walking_day_by_day(history, length, unit):
    marks, pairs = history
    spec = legal(length, unit=unit)

    found = due(spec, fold(spec, marks), national())

    expected = slow_due_day(unit, length, city_date(marks[0].at), days_of(pairs))
    assert found == Due(end_of_day(expected), on=expected)


@given(history=histories(), length=st.integers(1, 60), after=st.integers(0, 500 * 24 * 60))
def test_what_is_used_agrees_with_walking_day_by_day(history, length, after):
    marks, pairs = history
    spec = legal(length)
    now = marks[-1].at + timedelta(minutes=after)

    reading = read(spec, marks, national(), now)

    used = slow_used(Unit.WORKDAY, city_date(marks[0].at), days_of(pairs), city_date(now))
    assert (reading.used, reading.remaining) == (used, length - used)
    assert reading.overdue == (now >= reading.due.at)


@given(history=histories(span_days=20), length=st.integers(0, 900))
def test_working_minutes_agree_with_walking_minute_by_minute(history, length):
    marks, pairs = history
    spec = legal(length, unit=Unit.WORKMINUTE)

    found = due(spec, fold(spec, marks), national()).at

    minute, left = marks[0].at, length
    while left:
        local = minute.astimezone(CITY_ZONE)
        open_now = national().is_working(local.date()) and any(
            opened <= local.time() < closed for opened, closed in national().hours.on(local.date())
        )
        left -= open_now and not any(since <= minute < until for since, until in pairs)
        minute += timedelta(minutes=1)
    assert found == minute


@given(history=histories(), hours=st.integers(0, 2000))
def test_hours_are_extended_by_exactly_the_suspensions_before_their_end(history, hours):
    marks, pairs = history
    spec = legal(hours, unit=Unit.HOUR)

    found = due(spec, fold(spec, marks), national()).at

    end = marks[0].at + timedelta(hours=hours)
    for since, until in pairs:
        if since < end:
            end += until - since
    assert found == end


@given(history=histories(), length=st.integers(0, 2000))
def test_minutes_are_those_of_the_wall_at_any_hour(history, length):
    marks, pairs = history
    spec = legal(length, unit=Unit.MINUTE)

    found = due(spec, fold(spec, marks), national()).at

    end = marks[0].at + timedelta(minutes=length)
    for since, until in pairs:
        if since < end:
            end += until - since
    assert found == end


UNITS = st.sampled_from(list(Unit))


@given(history=histories(), length=st.integers(0, 60), unit=UNITS, data=st.data())
def test_a_pause_never_brings_the_deadline_nearer(history, length, unit, data):
    marks, _ = history
    spec = legal(length, unit=unit)
    last = marks[-1].at
    since = last + timedelta(minutes=data.draw(st.integers(0, 50_000)))
    until = since + timedelta(minutes=data.draw(st.integers(0, 50_000)))
    longer = [*marks, Mark(since, "special_started"), Mark(until, "special_ended")]

    without = due(spec, fold(spec, marks), national()).at
    paused = due(spec, fold(spec, longer), national()).at

    assert paused >= without


@given(history=histories(), length=st.integers(0, 60), unit=UNITS, more=st.integers(0, 20))
def test_a_longer_clock_never_ends_sooner(history, length, unit, more):
    marks, _ = history
    ledger = fold(LEGAL, marks)

    short = due(legal(length, unit=unit), ledger, national()).at
    long = due(legal(length + more, unit=unit), ledger, national()).at

    assert long >= short


@given(history=histories(), length=st.integers(1, 60), unit=UNITS)
def test_the_budget_is_used_up_just_before_the_due_instant_and_the_clock_overdue_at_it(
    history, length, unit
):
    marks, _ = history
    spec = legal(length, unit=unit)
    ledger = fold(spec, marks)
    instant = due(spec, ledger, national()).at

    # What happens after the instant changes nothing about it.
    known = [mark for mark in marks if mark.at < instant]
    before = read(spec, known, national(), instant - timedelta(microseconds=1))
    after = read_ledger(spec, ledger, national(), max(instant, marks[-1].at))

    assert not before.overdue
    assert before.remaining <= 1
    assert after.overdue
    assert after.remaining <= 0


@given(history=histories(), length=st.integers(1, 60), unit=UNITS)
def test_the_warning_comes_between_start_and_expiry(history, length, unit):
    marks, _ = history
    spec = legal(length, unit=unit)

    moments = firings(spec, fold(spec, marks), national())

    assert [one.level for one in moments] in ([Level.WARN, Level.EXPIRE], [Level.EXPIRE])
    assert moments[-1].at == due(spec, fold(spec, marks), national()).at
    assert marks[0].at < moments[0].at
    assert [one.at for one in moments] == sorted({one.at for one in moments})


@given(history=histories(), length=st.integers(1, 60), unit=UNITS)
def test_a_reading_is_warned_from_the_moment_of_the_warning_on(history, length, unit):
    marks, _ = history
    spec = legal(length, unit=unit)
    moments = firings(spec, fold(spec, marks), national())
    moment = moments[0].at
    known = [mark for mark in marks if mark.at < moment]

    before = read(spec, known, national(), moment - timedelta(microseconds=1))
    then = read(spec, marks, national(), max(moment, marks[-1].at))

    assert not before.warned
    assert then.warned


@given(
    history=histories(),
    length=st.integers(0, 40),
    more=st.integers(0, 20),
    unit=UNITS,
    data=st.data(),
)
def test_an_extended_clock_ends_like_one_that_was_longer_from_the_start(
    history, length, more, unit, data
):
    marks, _ = history
    place = data.draw(st.integers(1, len(marks)))
    extended = [*marks[:place], Mark(marks[place - 1].at, "extend"), *marks[place:]]
    twice = [*extended, Mark(extended[-1].at, "extend")]
    spec = legal(length, unit=unit, extension=more)

    found = due(spec, fold(spec, twice), national())

    assert found == due(legal(length + more, unit=unit), fold(LEGAL, marks), national())


EVENTS = st.sampled_from(
    [
        "accept",
        "deem_accept",
        "grant",
        "deny",
        "special_started",
        "special_ended",
        "extend",
        "other",
    ]
)


@st.composite
def any_history(draw):
    cursor = at(2024, 1, 1)
    marks = []
    for event in draw(st.lists(EVENTS, max_size=12)):
        cursor += timedelta(minutes=draw(st.integers(0, 40_000)))
        marks.append(Mark(cursor, event))
    return marks


def slow_fold(spec, marks):
    """When the last run began and ended, and the minutes of it in which no pause was open."""
    start = stop = None
    for mark in marks:
        if start is None or stop is not None:
            if mark.event in spec.starts_on:
                start, stop = mark.at, None
        elif mark.event in spec.stops_on:
            stop = mark.at
    return start, stop


def standing(spec, marks, instant):
    depth = 0
    for mark in marks:
        if mark.at > instant:
            break
        if mark.event in spec.pauses_on:
            depth += 1
        elif mark.event in spec.resumes_on:
            depth = max(0, depth - 1)
    return depth > 0


@given(marks=any_history(), data=st.data())
def test_a_ledger_tells_the_last_run_and_every_moment_it_stood_still(marks, data):
    ledger = fold(LEGAL, marks)

    start, stop = slow_fold(LEGAL, marks)
    assert (ledger.started_at, ledger.stopped_at) == (start, stop)
    if start is None:
        assert ledger.suspensions == ()
        return
    end = stop or marks[-1].at + 10 * ONE_DAY
    minutes = int((end - start) / timedelta(minutes=1))
    instant = start + timedelta(minutes=data.draw(st.integers(0, max(0, minutes - 1))))
    suspended = any(
        one.since <= instant and (one.until is None or instant < one.until)
        for one in ledger.suspensions
    )
    if instant < end:
        assert suspended == standing(LEGAL, marks, instant)


@given(marks=any_history())
def test_suspensions_lie_in_order_within_the_run(marks):
    ledger = fold(LEGAL, marks)

    edges = [
        instant
        for one in ledger.suspensions
        for instant in (one.since, one.until)
        if instant is not None
    ]
    assert edges == sorted(edges)
    if edges:
        assert ledger.started_at <= edges[0]
        assert ledger.stopped_at is None or edges[-1] <= ledger.stopped_at


@given(marks=any_history())
def test_a_ledger_can_be_carried_on_mark_by_mark(marks):
    ledger = Ledger()

    for mark in marks:
        ledger = advance(LEGAL, ledger, mark)

    assert ledger == fold(LEGAL, marks)


@given(marks=any_history(), length=st.integers(0, 30), unit=UNITS, later=st.integers(0, 1500))
def test_nothing_about_a_clock_ever_raises(marks, length, unit, later):
    spec = legal(length, unit=unit)
    ledger = fold(spec, marks)
    now = at(2024, 1, 1) + later * ONE_DAY

    reading = read(spec, marks, national(), now)

    assert all(line.zh.endswith("。") for line in reading.why)
    assert due(spec, ledger, national()) is not None
    assert firings(spec, ledger, national()) is not None


@given(marks=any_history(), length=st.integers(1, 30), unit=UNITS)
def test_an_unpublished_calendar_gives_a_bound_that_the_real_day_respects(marks, length, unit):
    spec = legal(length, unit=unit)
    ledger = fold(spec, marks)
    known = Calendar.of(
        [row for row in national().rows if row.on.year < 2024],
        years=range(2018, 2024),
    )

    blind = due(spec, ledger, known)
    seeing = due(spec, ledger, national())

    if blind.missing_year is not None:
        assert blind.at is None
        assert blind.not_before <= (seeing.on or seeing.not_before)
    else:
        assert blind == seeing


# Plain examples, to be read.


def test_the_clock_of_the_spring_festival_explains_itself():
    spec = legal(5)
    marks = [
        Mark(at(2026, 2, 12, 11), "accept"),
        Mark(at(2026, 2, 24, 11), "special_started"),
        Mark(at(2026, 2, 26, 11), "special_ended"),
    ]

    reading = read(spec, marks, national(), at(2026, 2, 27, 9))

    assert (reading.used, reading.remaining, reading.overdue) == (4, 1, False)
    assert reading.due.on == date(2026, 2, 28)
    assert [(line.key, line.on) for line in reading.why] == [
        ("started", date(2026, 2, 12)),
        ("makeup", date(2026, 2, 14)),
        ("holidays", date(2026, 2, 16)),
        ("suspended", date(2026, 2, 24)),
        ("makeup", date(2026, 2, 28)),
        ("due", date(2026, 2, 28)),
        ("used", date(2026, 2, 27)),
    ]
    assert reading.why[0].zh == "2026-02-12 11:00 起算，当日不计入期限。"
    assert reading.why[-2].zh == "期限为 5 个工作日，至 2026-02-28 24:00 届满。"
    assert reading.why[-1].zh == "截至 2026-02-27 09:00，已用 4 个工作日，剩余 1 个工作日。"


def test_the_day_of_suspension_counts_and_the_day_of_resumption_does_not():
    # Monday to Friday 2026-03-02..06; suspended on Tuesday, resumed on Wednesday.
    ledger = Ledger(at(2026, 3, 2, 9), None, (Suspension(at(2026, 3, 3, 9), at(2026, 3, 4, 18)),))

    assert due(legal(1), ledger, national()).on == date(2026, 3, 3)
    assert due(legal(2), ledger, national()).on == date(2026, 3, 5)


def test_suspensions_that_overlap_are_taken_out_once():
    overlapping = Ledger(
        at(2026, 3, 2, 9),
        None,
        (
            Suspension(at(2026, 2, 26, 9), at(2026, 3, 3, 9)),
            Suspension(at(2026, 3, 4, 9), at(2026, 3, 10, 9)),
            Suspension(at(2026, 3, 5, 9), at(2026, 3, 6, 9)),
        ),
    )

    reading = read_ledger(legal(3), overlapping, national(), at(2026, 3, 11))

    # Counted: the 4th, on which it was suspended again, the 11th and the 12th.
    assert reading.due.on == date(2026, 3, 12)
    assert reading.used == 2


def test_a_pause_within_a_day_costs_no_day():
    ledger = Ledger(at(2026, 3, 2, 9), None, (Suspension(at(2026, 3, 3, 9), at(2026, 3, 3, 18)),))

    assert due(legal(5), ledger, national()).on == date(2026, 3, 9)


def test_an_extension_is_told_with_its_day():
    marks = [Mark(at(2026, 3, 2, 9), "accept"), Mark(at(2026, 3, 20, 9), "extend")]

    reading = read(legal(20), marks, national(), at(2026, 4, 1, 9))

    assert (reading.used, reading.remaining) == (22, 8)
    assert [line.zh for line in reading.why if line.key in ("extended", "due")] == [
        "2026-03-20 09:00 经批准延长 10 个工作日。",
        "期限为 30 个工作日，至 2026-04-14 24:00 届满。",
    ]


def test_what_is_over_is_not_extended():
    marks = [Mark(at(2026, 3, 2, 9), "accept"), Mark(at(2026, 3, 3, 9), "grant")]

    assert fold(LEGAL, [*marks, Mark(at(2026, 3, 4), "extend")]) == fold(LEGAL, marks)


def test_while_suspended_the_due_day_is_only_bounded():
    ledger = Ledger(at(2026, 3, 2, 9), None, (Suspension(at(2026, 3, 3, 9)),))

    assert due(legal(5), ledger, national()) == Due(None, date(2026, 3, 9))
    assert firings(legal(5), ledger, national()) == ()
    assert read_ledger(legal(5), ledger, national(), at(2026, 5, 5)).state is ClockState.SUSPENDED


def test_a_budget_used_up_before_the_suspension_stays_used_up():
    ledger = Ledger(at(2026, 3, 2, 9), None, (Suspension(at(2026, 3, 10, 9)),))

    reading = read_ledger(legal(5), ledger, national(), at(2026, 4, 1))

    assert reading.due.on == date(2026, 3, 9)
    assert reading.overdue
    assert reading.used == 6


def test_two_special_procedures_at_once_pause_until_both_have_ended():
    marks = [
        Mark(at(2026, 3, 2, 9), "accept"),
        Mark(at(2026, 3, 3, 9), "special_started"),
        Mark(at(2026, 3, 4, 9), "special_started"),
        Mark(at(2026, 3, 5, 9), "special_ended"),
        Mark(at(2026, 3, 6, 9), "special_ended"),
    ]

    assert fold(LEGAL, marks).suspensions == (Suspension(at(2026, 3, 3, 9), at(2026, 3, 6, 9)),)


def test_a_clock_that_starts_within_a_pause_stands_still_at_once():
    marks = [Mark(at(2026, 3, 2, 9), "special_started"), Mark(at(2026, 3, 3, 9), "accept")]

    ledger = fold(LEGAL, marks)

    assert ledger.state is ClockState.SUSPENDED
    assert ledger.suspensions == (Suspension(at(2026, 3, 3, 9)),)


def test_a_stop_ends_a_pause():
    marks = [
        Mark(at(2026, 3, 2, 9), "accept"),
        Mark(at(2026, 3, 3, 9), "special_started"),
        Mark(at(2026, 3, 4, 9), "deny"),
    ]

    ledger = fold(LEGAL, marks)

    assert ledger.state is ClockState.STOPPED
    assert ledger.suspensions == (Suspension(at(2026, 3, 3, 9), at(2026, 3, 4, 9)),)


def test_deemed_acceptance_counts_from_the_receipt():
    received, deemed = at(2026, 3, 2, 9), at(2026, 3, 10)
    acceptance = ClockSpec(
        name="acceptance",
        length=5,
        unit=Unit.WORKDAY,
        starts_on=frozenset({"submit"}),
        stops_on=frozenset({"accept", "deem_accept"}),
        on_expiry="deem_accept",
    )
    marks = [Mark(received, "submit"), Mark(deemed, "deem_accept", counts_from=received)]

    assert due(acceptance, fold(acceptance, marks), national()).at == deemed
    assert read(acceptance, marks, national(), deemed).overdue
    assert fold(LEGAL, marks) == Ledger(received)


def test_a_start_while_running_changes_nothing_and_one_after_a_stop_runs_anew():
    marks = [
        Mark(at(2026, 3, 2, 9), "accept"),
        Mark(at(2026, 3, 3, 9), "accept"),
        Mark(at(2026, 3, 4, 9), "deny"),
        Mark(at(2026, 3, 5, 9), "accept"),
    ]

    assert fold(LEGAL, marks[:2]) == Ledger(at(2026, 3, 2, 9))
    assert fold(LEGAL, marks[:3]) == Ledger(at(2026, 3, 2, 9), at(2026, 3, 4, 9))
    assert fold(LEGAL, marks) == Ledger(at(2026, 3, 5, 9))


def test_a_restart_begins_a_new_run_of_a_clock_that_runs_is_over_or_stopped():
    spec = ClockSpec(
        name="answer", length=2, unit=Unit.WORKDAY, starts_on={"ask"}, stops_on={"answer"},
        restarts_on={"rise"},
    )  # fmt: skip
    ask, rise = Mark(at(2026, 9, 7, 9), "ask"), Mark(at(2026, 9, 10), "rise")
    answer = Mark(at(2026, 9, 8), "answer")
    assert fold(spec, [ask, rise]) == started(2026, 9, 10)
    assert fold(spec, [ask, answer, rise]) == started(2026, 9, 10)
    assert fold(spec, [rise]).started_at is None
    assert ClockSpec.from_data(spec.to_data()) == spec


CHECKED = ClockSpec(
    name="reply", length=5, unit=Unit.WORKDAY, starts_on={"ask"}, stops_on={"reply"},
    continues_on={"reopen"}, least_left=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("replied", "reopened", "last_day"),
    [
        (date(2026, 9, 9), date(2026, 9, 15), date(2026, 9, 18)),  # three days are left
        (date(2026, 9, 14), date(2026, 9, 16), date(2026, 9, 17)),  # none is: one at least
        (date(2026, 9, 15), date(2026, 9, 18), date(2026, 9, 14)),  # over before
        (date(2026, 9, 19), date(2026, 9, 21), date(2026, 9, 14)),
        (date(2026, 9, 9), date(2026, 9, 9), date(2026, 9, 14)),  # no day was lost
    ],
)
def test_a_clock_goes_on_where_it_stopped_with_something_left(replied, reopened, last_day):
    moments = [(date(2026, 9, 7), 9, "ask"), (replied, 10, "reply"), (reopened, 15, "reopen")]
    marks = [Mark(at(day.year, day.month, day.day, hour), verb) for day, hour, verb in moments]
    ledger = fold(CHECKED, marks)
    assert ledger.state is ClockState.RUNNING
    assert due(CHECKED, ledger, national()).on == last_day


def test_what_was_added_is_counted_and_told():
    marks = [Mark(at(2026, 9, 7, 9), "ask"), Mark(at(2026, 9, 14, 10), "reply")]
    marks.append(Mark(at(2026, 9, 16, 9), "reopen"))
    reading = read(CHECKED, marks, national(), at(2026, 9, 16, 12))
    assert (reading.used, reading.remaining, reading.overdue) == (5, 1, False)
    assert [line.zh for line in reading.why if line.key == "least"] == [
        "2026-09-16 09:00 继续计时时剩余不足 1 个工作日，按 1 个工作日 计算。"
    ]
    assert firings(CHECKED, fold(CHECKED, marks), national())[-1].at == at(2026, 9, 18)


def test_a_clock_in_hours_goes_on_with_the_least_and_after_a_second_time_again():
    spec = replace(CHECKED, length=4, unit=Unit.HOUR, least_left=2)
    marks = [
        Mark(at(2026, 9, 7, 9), "ask"), Mark(at(2026, 9, 7, 12), "reply"),
        Mark(at(2026, 9, 8, 9), "reopen"), Mark(at(2026, 9, 8, 10, 30), "reply"),
        Mark(at(2026, 9, 8, 15), "reopen"),
    ]  # fmt: skip
    assert due(spec, fold(spec, marks[:3]), national()).at == at(2026, 9, 8, 11)
    # Half an hour was left of the two: again two.
    assert due(spec, fold(spec, marks), national()).at == at(2026, 9, 8, 17)
    assert fold(spec, [*marks, Mark(at(2026, 9, 8, 16), "reopen")]) == fold(spec, marks)


def test_a_clock_that_has_not_started_is_due_never():
    reading = read(LEGAL, [Mark(at(2026, 3, 2), "submit")], national(), at(2026, 3, 3))

    assert reading.state is ClockState.IDLE
    assert reading.due == Due()
    assert firings(LEGAL, Ledger(), national()) == ()
    assert [line.zh for line in reading.why] == ["尚未开始计时。"]


def test_what_happens_later_is_not_known_yet():
    marks = [Mark(at(2026, 3, 2, 9), "accept"), Mark(at(2026, 3, 5, 9), "grant")]

    assert read(LEGAL, marks, national(), at(2026, 3, 4)).state is ClockState.RUNNING


def test_a_stopped_clock_keeps_what_it_used_and_whether_it_was_late():
    marks = [Mark(at(2026, 3, 2, 9), "accept"), Mark(at(2026, 3, 10), "grant")]

    on_time = read(legal(6), marks, national(), at(2026, 9, 1))
    late = read(legal(5), marks, national(), at(2026, 9, 1))

    assert (on_time.state, on_time.used, on_time.overdue) == (ClockState.STOPPED, 6, False)
    assert late.overdue
    assert late.why[-1].zh == "2026-03-10 00:00 停止计时，共用 6 个工作日，已经超期。"


def test_a_decision_at_the_stroke_of_midnight_is_late():
    deadline = end_of_day(date(2026, 3, 9))
    ledger = started(2026, 3, 2, 9)

    just_in_time = replace(ledger, stopped_at=deadline - timedelta(microseconds=1))
    too_late = replace(ledger, stopped_at=deadline)

    assert not read_ledger(legal(5), just_in_time, national(), deadline).overdue
    assert read_ledger(legal(5), too_late, national(), deadline).overdue


def test_an_unpublished_year_is_named_with_the_earliest_possible_day():
    reading = read_ledger(LEGAL, started(2026, 12, 28, 9), national(), at(2026, 12, 29, 9))

    assert reading.due == Due(None, date(2027, 1, 1), 2027)
    assert reading.used == 1
    assert reading.why[-2].zh == "2027 年的放假安排尚未公布，届满日不早于 2027-01-01。"


def test_within_the_unpublished_year_the_bound_is_the_day_after_the_start():
    reading = read_ledger(LEGAL, started(2027, 3, 1, 9), national(), at(2027, 3, 9))

    assert reading.due == Due(None, date(2027, 3, 2), 2027)
    assert (reading.used, reading.remaining, reading.overdue) == (None, None, False)
    assert firings(LEGAL, started(2027, 3, 1, 9), national()) == ()


def test_a_warning_that_is_certain_fires_though_the_expiry_is_not():
    moments = firings(legal(10), started(2026, 12, 21, 9), national())

    assert moments == (Firing(start_of_day(date(2026, 12, 30)), Level.WARN),)


def test_an_instant_item_is_due_on_its_own_day():
    assert due(legal(0), started(2026, 3, 2, 9), national()).on == date(2026, 3, 2)
    assert [one.level for one in firings(legal(0), started(2026, 3, 2, 9), national())] == [
        Level.EXPIRE
    ]


def test_the_window_closes_before_midnight():
    spec = legal(5, ends_at=EndsAt.CLOSING)

    reading = read_ledger(spec, started(2026, 3, 2, 9), national(), at(2026, 3, 3))

    assert reading.due == Due(at(2026, 3, 9, 19, 30), on=date(2026, 3, 9))
    assert reading.why[-2].zh == "期限为 5 个工作日，至 2026-03-09 19:30 届满。"


@pytest.mark.parametrize(
    ("length", "percent", "left", "warned_on"),
    [
        (5, 70, 0, date(2026, 3, 6)),
        (10, 70, 0, date(2026, 3, 11)),
        (2, 70, 0, date(2026, 3, 4)),
        (3, 70, 1, date(2026, 3, 4)),
        (1, 70, 1, date(2026, 3, 3)),
        (5, 1, 0, date(2026, 3, 3)),
    ],
)
def test_the_warning_comes_on_the_morning_of_its_day(length, percent, left, warned_on):
    spec = legal(length, warn_percent=percent, warn_left=left)

    first = firings(spec, started(2026, 3, 2, 9), national())[0]

    assert first == Firing(start_of_day(warned_on), Level.WARN)


def test_a_stop_keeps_later_moments_from_firing():
    ledger = replace(started(2026, 3, 2, 9), stopped_at=at(2026, 3, 7))

    assert [one.level for one in firings(legal(5), ledger, national())] == [Level.WARN]


def test_an_expiry_that_stops_its_own_clock_still_counts_as_fired():
    ledger = replace(started(2026, 3, 2, 9), stopped_at=end_of_day(date(2026, 3, 9)))

    assert firings(legal(5), ledger, national())[-1].level is Level.EXPIRE


def test_a_spec_and_a_suspension_survive_json():
    spec = legal(5, ends_at=EndsAt.CLOSING, warn_left=1)
    lasting = Suspension(at(2026, 3, 2, 9))
    ended = Suspension(at(2026, 3, 2, 9), at(2026, 3, 3, 9))

    assert ClockSpec.from_data(json.loads(json.dumps(spec.to_data()))) == spec
    for one in (lasting, ended):
        assert Suspension.from_data(json.loads(json.dumps(one.to_data()))) == one


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"length": -1}, "negative"),
        ({"unit": "week"}, "week"),
        ({"owner": "nobody"}, "nobody"),
        ({"starts_on": frozenset()}, "nothing starts it"),
        ({"stops_on": frozenset({"accept"})}, "both starts and stops"),
        ({"resumes_on": frozenset()}, "pause but not resume"),
        ({"resumes_on": frozenset({"special_started"})}, "both pauses and resumes"),
        ({"warn_percent": 0}, "warn_percent"),
        ({"warn_percent": 101}, "warn_percent"),
        ({"warn_left": -1}, "warn_left"),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused(changes, fault):
    with pytest.raises(ValueError, match=fault):
        replace(LEGAL, **changes)


def test_office_hours_bound_a_window_clock():
    spec = ClockSpec(
        name="sign", length=120, unit=Unit.WORKMINUTE, starts_on=frozenset({"dispatch"})
    )
    venue = national()

    assert venue.hours.on(date(2026, 3, 6))[-1][1] == time(19, 30)
    assert due(spec, started(2026, 3, 6, 18, 30), venue).at == at(2026, 3, 9, 11)
