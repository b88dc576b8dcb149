"""Clocks: a deadline as a budget with a ledger of suspensions, computed and never edited.

`fold` reads from a history when a clock started, stopped and was suspended; `due` says when its
budget runs out; `read` says how it stands now and why. All are pure functions. Where a calendar
year is not published they say so instead of guessing, and they never raise for it.

In day units the day of an event is never counted: the first counted day is the next one, and a
suspension takes out the days in (day of suspension, day of resumption] (行政许可法 45, 82).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, Protocol

from tongban.kernel.worktime import (
    CITY_ZONE,
    Calendar,
    CalendarUnpublished,
    DayKind,
    DayRow,
    city_date,
    end_of_day,
    start_of_day,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Unit(StrEnum):
    """What a clock counts in."""

    WORKDAY = "workday"
    DAY = "day"
    HOUR = "hour"
    WORKMINUTE = "workminute"


class Owner(StrEnum):
    """Whose time runs."""

    GOVERNMENT = "government"
    APPLICANT = "applicant"
    THIRD = "third"


class EndsAt(StrEnum):
    """When the last day of a day unit ends: 24:00 for online acts, closing for the window."""

    MIDNIGHT = "midnight"
    CLOSING = "closing"


class ClockState(StrEnum):
    """How a clock stands. Being overdue is no state: it is read from the due instant."""

    IDLE = "idle"
    RUNNING = "running"
    SUSPENDED = "suspended"
    STOPPED = "stopped"


class Level(StrEnum):
    """What a firing announces."""

    WARN = "warn"
    EXPIRE = "expire"


UNIT_WORDS = {
    Unit.WORKDAY: "个工作日",
    Unit.DAY: "日",
    Unit.HOUR: "小时",
    Unit.WORKMINUTE: "分钟（工作时间）",
}
_EVENT_FIELDS = ("starts_on", "stops_on", "pauses_on", "resumes_on")


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """What a clock counts. `length` is in `unit`; the event fields name verbs of the journal.

    A warning falls due when `warn_percent` of the length is used, or when `warn_left` units are
    left if that comes first. `on_expiry` names the verb that the city does itself at the end.
    Raises ValueError for a spec that contradicts itself.
    """

    name: str
    length: int
    unit: Unit
    starts_on: frozenset[str]
    stops_on: frozenset[str] = frozenset()
    pauses_on: frozenset[str] = frozenset()
    resumes_on: frozenset[str] = frozenset()
    on_expiry: str = ""
    warn_percent: int = 70
    basis: str = ""
    mark: str = ""
    owner: Owner = Owner.GOVERNMENT
    ends_at: EndsAt = EndsAt.MIDNIGHT
    warn_left: int = 0

    def __post_init__(self) -> None:
        for name in _EVENT_FIELDS:
            object.__setattr__(self, name, _events(getattr(self, name)))
        object.__setattr__(self, "unit", Unit(self.unit))
        object.__setattr__(self, "owner", Owner(self.owner))
        object.__setattr__(self, "ends_at", EndsAt(self.ends_at))
        fault = _spec_fault(self)
        if fault:
            raise ValueError(f"clock {self.name!r}: {fault}")

    def to_data(self) -> dict[str, Any]:
        """The spec as JSON, for the snapshot that a running clock keeps."""
        data = {one.name: getattr(self, one.name) for one in fields(self)}
        data |= {name: sorted(data[name]) for name in _EVENT_FIELDS}
        return data | {name: data[name].value for name in ("unit", "owner", "ends_at")}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ClockSpec:
        """The spec from `to_data`. Raises TypeError for a key that it does not know."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that happened. `counts_from` lets a start count from an earlier instant.

    Deemed acceptance happens when the five days are over, but takes effect from the receipt
    (行政许可法 32(4)): its mark stops clocks at `at` and starts others at `counts_from`.
    """

    at: datetime
    event: str
    counts_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """A stretch that does not count; `until` is None while it lasts."""

    since: datetime
    until: datetime | None = None

    def to_data(self) -> list[str | None]:
        """The stretch as JSON: two ISO instants."""
        return [self.since.isoformat(), None if self.until is None else self.until.isoformat()]

    @classmethod
    def from_data(cls, data: Iterable[str | None]) -> Suspension:
        since, until = data
        if since is None:
            raise ValueError("a suspension has a beginning")
        return cls(
            datetime.fromisoformat(since), None if until is None else datetime.fromisoformat(until)
        )


@dataclass(frozen=True, slots=True)
class Ledger:
    """When a clock started and stopped, and the suspensions between, in order of time.

    `pauses` counts the pauses that have not been resumed: two special procedures at once keep
    the clock standing still until both have ended.
    """

    started_at: datetime | None = None
    stopped_at: datetime | None = None
    suspensions: tuple[Suspension, ...] = ()
    pauses: int = 0

    @property
    def state(self) -> ClockState:
        if self.started_at is None:
            return ClockState.IDLE
        if self.stopped_at is not None:
            return ClockState.STOPPED
        if self.suspensions and self.suspensions[-1].until is None:
            return ClockState.SUSPENDED
        return ClockState.RUNNING


@dataclass(frozen=True, slots=True)
class Due:
    """When the budget runs out: at `at` (UTC, exclusive), on the day `on`.

    `at` is None for a clock that has not started, for one whose suspension still lasts, and
    where a year is not published (`missing_year`). Then `not_before` is the earliest day that
    is still possible, never an estimate.
    """

    at: datetime | None = None
    not_before: date | None = None
    missing_year: int | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """A moment at which a clock does something by itself."""

    at: datetime
    level: Level


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the explanation: a stable key with its parameters, and a Chinese sentence."""

    key: str
    on: date | None = None
    at: datetime | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def zh(self) -> str:
        return _SENTENCES[self.key].format(on=self.on, at=_city_time(self.at), **self.params)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a clock stands. `used` and `remaining` are in the unit of its spec, rounded down.

    The present day counts as used. `remaining` is negative by as much as is overdrawn; both are
    None where a year is not published. `warned` says that the warning has fallen due.
    """

    state: ClockState
    due: Due
    used: int | None
    remaining: int | None
    overdue: bool
    warned: bool
    why: tuple[Line, ...]


def fold(spec: ClockSpec, history: Iterable[Mark]) -> Ledger:
    """What a history, in the order in which it happened, means for one clock.

    While the clock runs another start is ignored; after a stop it opens a new run, and the
    ledger is that of the last run. Pauses nest: with two special procedures at once the clock
    stands still until both have ended.
    """
    return reduce(partial(advance, spec), history, Ledger())


def advance(spec: ClockSpec, ledger: Ledger, mark: Mark) -> Ledger:
    """The ledger after one more mark; the same object where the mark means nothing to the clock.

    `fold` is this over a whole history, so a stored ledger can be carried on without it.
    """
    event = mark.event
    running = ledger.started_at is not None and ledger.stopped_at is None
    if event in spec.starts_on and not running:
        ledger = _started(ledger, mark.counts_from or mark.at)
    elif event in spec.stops_on and running:
        ledger = _stopped(ledger, mark.at)
    if event in spec.pauses_on:
        ledger = _paused(ledger, mark.at)
    elif event in spec.resumes_on and ledger.pauses:
        ledger = _resumed(ledger, mark.at)
    return ledger


def _started(ledger: Ledger, at: datetime) -> Ledger:
    suspensions = (Suspension(at),) if ledger.pauses else ()
    return Ledger(at, None, suspensions, ledger.pauses)


def _stopped(ledger: Ledger, at: datetime) -> Ledger:
    return Ledger(ledger.started_at, at, _closed(ledger.suspensions, at), ledger.pauses)


def _paused(ledger: Ledger, at: datetime) -> Ledger:
    suspensions = ledger.suspensions
    if ledger.state is ClockState.RUNNING:
        suspensions = (*suspensions, Suspension(at))
    return replace(ledger, suspensions=suspensions, pauses=ledger.pauses + 1)


def _resumed(ledger: Ledger, at: datetime) -> Ledger:
    suspensions = ledger.suspensions
    if ledger.pauses == 1 and ledger.state is ClockState.SUSPENDED:
        suspensions = _closed(suspensions, at)
    return replace(ledger, suspensions=suspensions, pauses=ledger.pauses - 1)


def _closed(suspensions: tuple[Suspension, ...], at: datetime) -> tuple[Suspension, ...]:
    """The stretches with the one that lasts ended at `at`, or dropped where it has no length."""
    if not suspensions or suspensions[-1].until is not None:
        return suspensions
    last = suspensions[-1]
    return (*suspensions[:-1], *((Suspension(last.since, at),) if last.since < at else ()))


def due(spec: ClockSpec, ledger: Ledger, calendar: Calendar) -> Due:
    """When the budget of a started clock runs out, stopped clocks included. Never raises for an
    unpublished year.
    """
    if ledger.started_at is None:
        return Due()
    return _due(_scale(spec, calendar), ledger, spec.length)


def read(spec: ClockSpec, history: Iterable[Mark], calendar: Calendar, now: datetime) -> Reading:
    """How the clock stood at `now`, from what had happened by then."""
    known = [mark for mark in history if mark.at <= now]
    return read_ledger(spec, fold(spec, known), calendar, now)


def read_ledger(spec: ClockSpec, ledger: Ledger, calendar: Calendar, now: datetime) -> Reading:
    """How the clock stands at `now`, with the reasons line by line."""
    if ledger.started_at is None:
        idle = Due()
        return Reading(ClockState.IDLE, idle, None, None, False, False, (Line("idle"),))  # noqa: FBT003
    scale = _scale(spec, calendar)
    deadline = _due(scale, ledger, spec.length)
    until = _counted_until(ledger, now)
    used = _used(scale, ledger, until)
    remaining = None if used is None else spec.length - used
    overdue = deadline.at is not None and until >= deadline.at
    warned = overdue or (used is not None and used >= _warn_after(spec) and spec.length > 0)
    reading = Reading(ledger.state, deadline, used, remaining, overdue, warned, ())
    return Reading(
        reading.state,
        deadline,
        used,
        remaining,
        overdue,
        warned,
        tuple(_why(spec, ledger, calendar, reading, until)),
    )


def firings(spec: ClockSpec, ledger: Ledger, calendar: Calendar) -> tuple[Firing, ...]:
    """The moments at which the clock fires, in order, as far as they are certain.

    A suspension that lasts and an unpublished year leave out what depends on them; a stop leaves
    out what would come after it. In day units the warning comes at 0:00 of its day.
    """
    if ledger.started_at is None:
        return ()
    scale = _scale(spec, calendar)
    expiry = _due(scale, ledger, spec.length).at
    warning = _warning(scale, ledger, spec)
    moments: list[Firing] = []
    if warning is not None and (expiry is None or warning < expiry):
        moments.append(Firing(warning, Level.WARN))
    if expiry is not None:
        moments.append(Firing(expiry, Level.EXPIRE))
    stopped = ledger.stopped_at
    return tuple(one for one in moments if stopped is None or one.at <= stopped)


class _Scale(Protocol):
    """A unit as arithmetic on whole numbers: points on a line and amounts between them.

    In day units a point is the ordinal of a day, in instants microseconds since 1970; `grain`
    is how much one unit amounts to. What needs an unpublished year raises.
    """

    grain: int

    def point(self, at: datetime) -> int: ...
    def span(self, a: int, b: int) -> int: ...
    def advance(self, point: int, amount: int) -> int: ...
    def day(self, point: int) -> date: ...
    def first_day_after(self, point: int) -> date: ...
    def opening(self, point: int) -> datetime: ...
    def end(self, point: int) -> datetime: ...


class _Days:
    """Natural days."""

    grain = 1

    def __init__(self, calendar: Calendar, ends_at: EndsAt) -> None:
        self.calendar = calendar
        self.ends_at = ends_at

    def point(self, at: datetime) -> int:
        return city_date(at).toordinal()

    def span(self, a: int, b: int) -> int:
        return b - a

    def advance(self, point: int, amount: int) -> int:
        return point + amount

    def day(self, point: int) -> date:
        return date.fromordinal(point)

    def first_day_after(self, point: int) -> date:
        return date.fromordinal(point + 1)

    def opening(self, point: int) -> datetime:
        return start_of_day(date.fromordinal(point))

    def end(self, point: int) -> datetime:
        day = date.fromordinal(point)
        if self.ends_at is EndsAt.CLOSING:
            return self.calendar.closing_time(day)
        return end_of_day(day)


class _Workdays(_Days):
    def span(self, a: int, b: int) -> int:
        return self.calendar.working_days_between(date.fromordinal(a), date.fromordinal(b))

    def advance(self, point: int, amount: int) -> int:
        return self.calendar.add_working_days(date.fromordinal(point), amount).toordinal()


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class _Hours:
    """Natural hours."""

    grain = 3_600_000_000

    def point(self, at: datetime) -> int:
        return (at - _EPOCH) // _MICROSECOND

    def span(self, a: int, b: int) -> int:
        return b - a

    def advance(self, point: int, amount: int) -> int:
        return point + amount

    def day(self, point: int) -> date:
        return city_date(self.end(point))

    def first_day_after(self, point: int) -> date:
        return self.day(point)

    def opening(self, point: int) -> datetime:
        return self.end(point)

    def end(self, point: int) -> datetime:
        return _EPOCH + point * _MICROSECOND


class _WorkMinutes(_Hours):
    grain = 60_000_000

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def span(self, a: int, b: int) -> int:
        return self.calendar.working_time_between(self.end(a), self.end(b)) // _MICROSECOND

    def advance(self, point: int, amount: int) -> int:
        return self.point(self.calendar.add_working_time(self.end(point), amount * _MICROSECOND))


@dataclass(frozen=True, slots=True)
class _Arrival:
    """Where a walk along a ledger ended: at the end of the budget if `settled`; else at the
    earliest end if a suspension lasts, or at the last known point before `missing_year`.
    """

    point: int
    settled: bool
    missing_year: int | None = None


def _scale(spec: ClockSpec, calendar: Calendar) -> _Scale:
    match spec.unit:
        case Unit.WORKDAY:
            return _Workdays(calendar, spec.ends_at)
        case Unit.DAY:
            return _Days(calendar, spec.ends_at)
        case Unit.HOUR:
            return _Hours()
        case Unit.WORKMINUTE:
            return _WorkMinutes(calendar)


def _walk(scale: _Scale, ledger: Ledger, amount: int) -> _Arrival:
    """Spend an amount from the start on, stepping over the suspensions."""
    point = scale.point(_start(ledger))
    try:
        for suspension in ledger.suspensions:
            since = max(scale.point(suspension.since), point)
            passed = scale.span(point, since)
            if passed >= amount:
                break
            amount -= passed
            point = since
            if suspension.until is None:
                return _Arrival(scale.advance(point, amount), settled=False)
            point = max(scale.point(suspension.until), point)
        return _Arrival(scale.advance(point, amount), settled=True)
    except CalendarUnpublished as gap:
        return _Arrival(point, settled=False, missing_year=gap.year)


def _due(scale: _Scale, ledger: Ledger, length: int) -> Due:
    arrival = _walk(scale, ledger, length * scale.grain)
    if arrival.missing_year is not None:
        earliest = max(date(arrival.missing_year, 1, 1), scale.first_day_after(arrival.point))
        return Due(None, earliest, arrival.missing_year)
    if not arrival.settled:
        return Due(None, scale.day(arrival.point))
    return Due(scale.end(arrival.point), on=scale.day(arrival.point))


def _warn_after(spec: ClockSpec) -> int:
    """The units after which the warning falls due, at least one; for days a whole number."""
    percent = -(-spec.length * spec.warn_percent // 100)
    return max(1, min(percent, spec.length - spec.warn_left))


def _warning(scale: _Scale, ledger: Ledger, spec: ClockSpec) -> datetime | None:
    if spec.length == 0:
        return None
    arrival = _walk(scale, ledger, _warn_after(spec) * scale.grain)
    return scale.opening(arrival.point) if arrival.settled else None


def _counted_until(ledger: Ledger, now: datetime) -> datetime:
    if ledger.stopped_at is not None:
        return ledger.stopped_at
    if ledger.state is ClockState.SUSPENDED:
        return ledger.suspensions[-1].since
    return now


def _used(scale: _Scale, ledger: Ledger, until: datetime) -> int | None:
    """Whole units used up to an instant, None where a year is not published."""
    point = scale.point(_start(ledger))
    end = max(scale.point(until), point)
    total = 0
    try:
        for suspension in ledger.suspensions:
            since = min(max(scale.point(suspension.since), point), end)
            total += scale.span(point, since)
            resumed = end if suspension.until is None else scale.point(suspension.until)
            point = min(max(resumed, since), end)
        return (total + scale.span(point, end)) // scale.grain
    except CalendarUnpublished:
        return None


def _start(ledger: Ledger) -> datetime:
    if ledger.started_at is None:
        raise ValueError("the clock has not started")
    return ledger.started_at


def _events(names: Iterable[str]) -> frozenset[str]:
    return frozenset({names} if isinstance(names, str) else names)


def _spec_fault(spec: ClockSpec) -> str:
    faults = {
        "the length is negative": spec.length < 0,
        "warn_percent lies outside 1 to 100": not 1 <= spec.warn_percent <= 100,
        "warn_left is negative": spec.warn_left < 0,
        "nothing starts it": not spec.starts_on,
        "one event both starts and stops it": spec.starts_on & spec.stops_on,
        "one event both pauses and resumes it": spec.pauses_on & spec.resumes_on,
        "it can pause but not resume, or resume but not pause": (
            bool(spec.pauses_on) != bool(spec.resumes_on)
        ),
    }
    return "; ".join(fault for fault, there in faults.items() if there)


_SENTENCES = {
    "idle": "尚未开始计时。",
    "started": "{at} 起算，当日不计入期限。",
    "started-at": "{at} 开始计时。",
    "suspended": "{since} 至 {until} 暂停计时，期间不计入期限。",
    "still-suspended": "{at} 起暂停计时，目前尚未恢复。",
    "holiday": "{on} {name}放假，不计入期限。",
    "holidays": "{on} 至 {until} {name}放假，不计入期限。",
    "makeup": "{on} {name}调休上班，计入期限。",
    "due": "期限为 {length} {unit}，至 {on} 24:00 届满。",
    "due-at": "期限为 {length} {unit}，至 {at} 届满。",
    "not-before": "暂停尚未结束，届满日不早于 {on}。",
    "unpublished": "{year} 年的放假安排尚未公布，届满日不早于 {on}。",
    "used": "截至 {at}，已用 {used} {unit}，剩余 {remaining} {unit}。",
    "overdue": "截至 {at}，已用 {used} {unit}，已经超期。",
    "stopped": "{at} 停止计时，共用 {used} {unit}。",
    "stopped-late": "{at} 停止计时，共用 {used} {unit}，已经超期。",
    "stopped-unpublished": "{at} 停止计时。",
}


def _city_time(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"


def _why(
    spec: ClockSpec, ledger: Ledger, calendar: Calendar, reading: Reading, until: datetime
) -> Iterable[Line]:
    in_days = spec.unit in {Unit.WORKDAY, Unit.DAY}
    started = _start(ledger)
    yield Line("started" if in_days else "started-at", city_date(started), started)
    steps = [*_suspension_lines(ledger)]
    if spec.unit is Unit.WORKDAY:
        steps += _calendar_lines(ledger, calendar, reading.due.on or city_date(until))
    yield from sorted(steps, key=lambda line: line.on or date.min)
    yield _due_line(spec, reading.due)
    yield from _used_lines(spec, reading, until)


def _suspension_lines(ledger: Ledger) -> Iterable[Line]:
    for one in ledger.suspensions:
        on = city_date(one.since)
        if one.until is None:
            yield Line("still-suspended", on, one.since)
        else:
            span = {"since": _city_time(one.since), "until": _city_time(one.until)}
            yield Line("suspended", on, one.since, span)


def _calendar_lines(ledger: Ledger, calendar: Calendar, last: date) -> Iterable[Line]:
    """The holidays and made-up days that shaped the count, the suspended ones left out."""
    gaps = [
        (city_date(s.since), last if s.until is None else city_date(s.until))
        for s in ledger.suspensions
    ]
    rows = [
        row
        for row in calendar.notable_days(city_date(_start(ledger)), last)
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


def _due_line(spec: ClockSpec, deadline: Due) -> Line:
    length = {"length": spec.length, "unit": UNIT_WORDS[spec.unit]}
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
