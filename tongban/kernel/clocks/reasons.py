"""Why a clock stands as it does, line by line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tongban.kernel.clocks.ledgers import ClockState, Ledger, start_of
from tongban.kernel.clocks.readings import Due, Granted, Line, Reading, city_time
from tongban.kernel.clocks.specs import UNIT_WORDS, ClockSpec, EndsAt, Unit
from tongban.kernel.worktime import DayKind, city_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tongban.kernel.worktime import Calendar, DayRow


def reasons(
    spec: ClockSpec,
    ledger: Ledger,
    calendar: Calendar,
    reading: Reading,
    until: datetime,
    granted: Granted,
) -> Iterable[Line]:
    in_days = spec.unit in {Unit.WORKDAY, Unit.DAY}
    started = start_of(ledger)
    yield Line("started" if in_days else "started-at", city_date(started), started)
    steps = [*_suspension_lines(ledger)]
    if spec.unit is Unit.WORKDAY:
        steps += _calendar_lines(ledger, calendar, reading.due.on or city_date(until))
    if ledger.extended_at is not None:
        added = {"extension": spec.extension, "unit": UNIT_WORDS[spec.unit]}
        steps.append(Line("extended", city_date(ledger.extended_at), ledger.extended_at, added))
    least = {"least": spec.least_left, "unit": UNIT_WORDS[spec.unit]}
    steps += [Line("least", city_date(at), at, least) for at in granted.moments]
    yield from sorted(steps, key=lambda line: line.on or date.min)
    yield _due_line(spec, granted.length, reading.due)
    yield from _used_lines(spec, reading, until)


def _suspension_lines(ledger: Ledger) -> Iterable[Line]:
    for one in ledger.suspensions:
        on = city_date(one.since)
        if one.until is None:
            yield Line("still-suspended", on, one.since)
        else:
            span = {"since": city_time(one.since), "until": city_time(one.until)}
            yield Line("suspended", on, one.since, span)


def _calendar_lines(ledger: Ledger, calendar: Calendar, last: date) -> Iterable[Line]:
    """The holidays and made-up days that shaped the count, the suspended ones left out."""
    gaps = [
        (city_date(s.since), last if s.until is None else city_date(s.until))
        for s in ledger.suspensions
    ]
    rows = [
        row
        for row in calendar.notable_days(city_date(start_of(ledger)), last)
        if not any(since < row.on <= until for since, until in gaps)
    ]
    for group in _holidays(rows):
        first, final = group[0], group[-1]
        names: dict[str, Any] = {"name": first.name}
        if first.kind is DayKind.WORK:
            yield Line("makeup", first.on, params=names)
        elif first is final:
            yield Line("holiday", first.on, params=names)
        else:
            yield Line("holidays", first.on, params=names | {"until": final.on})


def _holidays(rows: Iterable[DayRow]) -> list[list[DayRow]]:
    """Days off of one name, with at most a weekend between them, as one holiday."""
    groups: list[list[DayRow]] = []
    for row in rows:
        before = groups[-1][-1] if groups else None
        if (
            before is not None
            and before.kind is row.kind is DayKind.OFF
            and before.name == row.name
            and row.on - before.on <= timedelta(days=3)
        ):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _due_line(spec: ClockSpec, budget: int, deadline: Due) -> Line:
    length = {"length": budget, "unit": UNIT_WORDS[spec.unit]}
    if deadline.missing_year is not None:
        return Line("unpublished", deadline.not_before, params={"year": deadline.missing_year})
    if deadline.at is None:
        return Line("not-before", deadline.not_before)
    at_midnight = spec.unit in {Unit.WORKDAY, Unit.DAY} and spec.ends_at is EndsAt.MIDNIGHT
    return Line("due" if at_midnight else "due-at", deadline.on, deadline.at, length)


def _used_lines(spec: ClockSpec, reading: Reading, until: datetime) -> Iterable[Line]:
    stopped = reading.state is ClockState.STOPPED
    if reading.used is None:
        if stopped:
            yield Line("stopped-unpublished", city_date(until), until)
        return
    key = "used"
    if stopped:
        key = "stopped-late" if reading.overdue else "stopped"
    elif reading.overdue:
        key = "overdue"
    params = {
        "used": reading.used,
        "remaining": reading.remaining,
        "unit": UNIT_WORDS[spec.unit],
    }
    yield Line(key, city_date(until), until, params)
