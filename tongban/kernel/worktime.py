"""Working time: which days and minutes count, from calendars that are data.

A calendar is built from the rows of the yearly notices (a national layer and, in Xinjiang,
a regional layer for 肉孜节 and 古尔邦节). A year without a published notice is never guessed:
asking about it raises `CalendarUnpublished`. Instants are UTC outside, days are those of the
city (Asia/Shanghai).
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from tongban.kernel.refusals import Refusal, worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CITY_ZONE = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
SATURDAY = 5

Interval = tuple[time, time]


class CalendarUnpublished(Refusal):
    """The working days of `year` are not published, so nothing may be computed from them."""

    code = "calendar-unpublished"
    status = 409

    def __init__(self, year: int) -> None:
        super().__init__(
            worded("{year}年的放假安排尚未公布，暂时无法计算工作日。", year=year),
            facts={"year": year},
        )
        self.year = year


class DayKind(StrEnum):
    """What a row says of a day: off, or a working day (a weekend made up for)."""

    OFF = "off"
    WORK = "work"


class Layer(StrEnum):
    """Whose notice a row comes from. A regional row wins over a national one of its day."""

    NATIONAL = "national"
    REGIONAL = "regional"


@dataclass(frozen=True, slots=True)
class DayRow:
    """One row of a yearly notice: this day is off, or is worked, and what it is called."""

    on: date
    kind: DayKind
    name: str = ""
    layer: Layer = Layer.NATIONAL

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", DayKind(self.kind))
        object.__setattr__(self, "layer", Layer(self.layer))


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When a venue is open on a working day: intervals for Monday to Sunday, city time.

    Hours count on working days only. `makeup` holds for a worked weekend day for which the
    week names no hours. Raises ValueError for intervals that are empty, touch, overlap or
    run backwards, and for a week without any hours.
    """

    week: tuple[tuple[Interval, ...], ...]
    makeup: tuple[Interval, ...]

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week) or not self.makeup:
            raise ValueError("office hours need seven days, and hours for made-up days")
        for intervals in (*self.week, self.makeup):
            edges = [edge for interval in intervals for edge in interval]
            if any(first >= second for first, second in pairwise(edges)):
                raise ValueError(f"office hours touch, overlap or run backwards: {intervals}")

    @classmethod
    def weekdays(cls, *intervals: Interval) -> Self:
        """The same hours on Monday to Friday and on worked weekend days."""
        return cls(week=(intervals,) * 5 + ((), ()), makeup=intervals)

    def on(self, day: date) -> tuple[Interval, ...]:
        """The hours of a day that is a working day."""
        weekday = day.weekday()
        return self.week[weekday] or (self.makeup if weekday >= SATURDAY else ())


# The hours of offices in Urumqi, two hours behind those of Beijing; content overrides them.
DEFAULT_HOURS = OfficeHours.weekdays((time(10), time(14)), (time(15, 30), time(19, 30)))


@dataclass(frozen=True, slots=True)
class _Run:
    """Published years without a gap, laid out so that every question is one or two look-ups.

    `counts[k]` is the number of working days up to `before + k`; `before` is the ordinal of the
    day before the first year, from which counting may start.
    """

    before: int
    end: int
    days: tuple[date, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Calendar:
    """The working days of one place. Immutable; cheap to ask (about a microsecond a question).

    Build it with `Calendar.of`. `years` are the published years.
    """

    years: frozenset[int]
    rows: tuple[DayRow, ...]
    hours: OfficeHours = DEFAULT_HOURS
    _runs: tuple[_Run, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self._runs:
            runs = tuple(_run(first, last, self.rows) for first, last in _spans(self.years))
            object.__setattr__(self, "_runs", runs)

    @classmethod
    def of(
        cls,
        rows: Iterable[DayRow],
        *,
        years: Iterable[int] | None = None,
        hours: OfficeHours = DEFAULT_HOURS,
    ) -> Self:
        """A calendar from the rows of its notices.

        `years` are the years that count as published; without it, those that have a national
        row. Raises ValueError when two rows of one layer name the same day, or when a row lies
        outside the published years.
        """
        ordered = tuple(sorted(rows, key=lambda row: (row.on, row.layer)))
        for one, other in pairwise(ordered):
            if (one.on, one.layer) == (other.on, other.layer):
                raise ValueError(f"two {one.layer} rows for {one.on}")
        national = {row.on.year for row in ordered if row.layer is Layer.NATIONAL}
        published = frozenset(national if years is None else years)
        stray = [row.on for row in ordered if row.on.year not in published]
        if stray:
            raise ValueError(f"rows outside the published years: {stray[:3]}")
        return cls(published, ordered, hours)

    @property
    def published_years(self) -> tuple[int, ...]:
        return tuple(sorted(self.years))

    def with_hours(self, hours: OfficeHours) -> Calendar:
        """The same days with the hours of another venue."""
        return Calendar(self.years, self.rows, hours, self._runs)

    def is_working(self, day: date) -> bool:
        """Whether the day counts. Raises CalendarUnpublished for an unpublished year."""
        ordinal = day.toordinal()
        for run in self._runs:
            if run.before < ordinal <= run.end:
                offset = ordinal - run.before
                return run.counts[offset] != run.counts[offset - 1]
        raise CalendarUnpublished(day.year)

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after `start`; the start itself is never counted.

        n = 0 is the start, a negative n counts back. Raises CalendarUnpublished with the first
        year that would be needed.
        """
        if n <= 0:
            return self._working_days_before(start, -n)
        ordinal = start.toordinal()
        for run in self._runs:
            if run.before <= ordinal < run.end:
                index = run.counts[ordinal - run.before] + n - 1
                if index < len(run.days):
                    return run.days[index]
                raise CalendarUnpublished(date.fromordinal(run.end).year + 1)
        raise CalendarUnpublished((start + ONE_DAY).year)

    def working_days_between(self, a: date, b: date) -> int:
        """How many working days d with a < d <= b; negative when b is before a.

        Raises CalendarUnpublished with the first unpublished year between them.
        """
        low, high = a.toordinal(), b.toordinal()
        if low == high:
            return 0
        if low > high:
            return -self.working_days_between(b, a)
        for run in self._runs:
            if run.before <= low < run.end:
                if high <= run.end:
                    return run.counts[high - run.before] - run.counts[low - run.before]
                raise CalendarUnpublished(date.fromordinal(run.end).year + 1)
        raise CalendarUnpublished((a + ONE_DAY).year)

    def notable_days(self, a: date, b: date) -> tuple[DayRow, ...]:
        """The rows that change an ordinary week, for days d with a < d <= b, in order.

        A row that names a weekend day off, or a weekday worked, changes nothing; of two layers
        on one day only the stronger is told. Raises nothing: unpublished years have no rows.
        """
        first = bisect_right(self.rows, a, key=lambda row: row.on)
        last = bisect_right(self.rows, b, key=lambda row: row.on)
        strongest = {row.on: row for row in self.rows[first:last]}
        return tuple(
            row
            for row in strongest.values()
            if (row.kind is DayKind.OFF) == (row.on.weekday() < SATURDAY)
        )

    def closing_time(self, day: date) -> datetime:
        """When the venue closes on this day (UTC); 24:00 where it has no hours that day."""
        intervals = self.hours.on(day)
        if not intervals:
            return end_of_day(day)
        return datetime.combine(day, intervals[-1][1], CITY_ZONE).astimezone(UTC)

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from a to b; negative when b is before a."""
        if b < a:
            return -self.working_time_between(b, a)
        return self._open_time_until(b, since=a)

    def working_minutes_between(self, a: datetime, b: datetime) -> int:
        """Whole minutes of open time from a to b (rounded down, towards zero)."""
        if b < a:
            return -self.working_minutes_between(b, a)
        return self.working_time_between(a, b) // timedelta(minutes=1)

    def add_working_minutes(self, at: datetime, n: int) -> datetime:
        """The instant (UTC) when n minutes of open time have passed since `at`."""
        return self.add_working_time(at, timedelta(minutes=n))

    def add_working_time(self, at: datetime, length: timedelta) -> datetime:
        """The first instant (UTC) by which this much open time has passed since `at`.

        No time at all gives `at` itself. Raises ValueError for a negative length.
        """
        if length < timedelta(0):
            raise ValueError("working time cannot be negative")
        if not length:
            return at.astimezone(UTC)
        left = length
        for opened, closed in self._openings(at):
            begin = max(opened, at)
            if closed - begin >= left:
                return begin + left
            if closed > begin:
                left -= closed - begin
        raise AssertionError("openings end only by raising")  # pragma: no cover

    def _working_days_before(self, start: date, n: int) -> date:
        if n == 0:
            return start
        ordinal = start.toordinal() - 1
        for run in self._runs:
            if run.before < ordinal <= run.end:
                index = run.counts[ordinal - run.before] - n
                if index >= 0:
                    return run.days[index]
                raise CalendarUnpublished(date.fromordinal(run.before).year)
        raise CalendarUnpublished((start - ONE_DAY).year)

    def _openings(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open intervals (UTC) from the day of `at` on; raises at the first unknown year."""
        day = city_date(at)
        if not self.is_working(day):
            day = self.add_working_days(day, 1)
        while True:
            yield from _instants(day, self.hours.on(day))
            day = self.add_working_days(day, 1)

    def _open_time_until(self, end: datetime, *, since: datetime) -> timedelta:
        first, last = city_date(since), city_date(end)
        total = self._open_time_of_whole_days(first, last)
        for day, sign_since in ((first, True), (last, False)):
            if not self.is_working(day):
                continue
            for opened, closed in _instants(day, self.hours.on(day)):
                if sign_since:
                    total += max(timedelta(0), closed - max(opened, since))
                else:
                    total -= max(timedelta(0), closed - max(opened, end))
        return total

    def _open_time_of_whole_days(self, first: date, last: date) -> timedelta:
        """The open time of the days d with first < d <= last."""
        self.working_days_between(first, last)
        days, sums = self._day_lengths
        return sums[bisect_right(days, last)] - sums[bisect_right(days, first)]

    @cached_property
    def _day_lengths(self) -> tuple[tuple[date, ...], tuple[timedelta, ...]]:
        """All working days with the running sums of their open time."""
        days = tuple(day for run in self._runs for day in run.days)
        lengths = (_length(self.hours.on(day)) for day in days)
        return days, tuple(accumulate(lengths, initial=timedelta(0)))


def city_date(at: datetime) -> date:
    """The city's day of an instant. Raises ValueError for a datetime without a zone."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(CITY_ZONE).date()


def start_of_day(day: date) -> datetime:
    """0:00 of a day in the city, as UTC."""
    return datetime.combine(day, time(0), CITY_ZONE).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """24:00 of a day in the city, which is 0:00 of the next, as UTC."""
    return start_of_day(day + ONE_DAY)


def add_months(day: date, n: int) -> date:
    """The corresponding day n months later (earlier if negative), or the month's last day where
    there is none (民法典 202).
    """
    months = day.year * 12 + day.month - 1 + n
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _spans(years: Iterable[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for year in sorted(set(years)):
        if spans and spans[-1][1] == year - 1:
            spans[-1] = (spans[-1][0], year)
        else:
            spans.append((year, year))
    return spans


def _run(first_year: int, last_year: int, rows: tuple[DayRow, ...]) -> _Run:
    before = date(first_year, 1, 1).toordinal() - 1
    end = date(last_year, 12, 31).toordinal()
    # Rows are ordered by day and layer, "national" before "regional": the regional one stays.
    said = {row.on.toordinal(): row.kind is DayKind.WORK for row in rows}
    working = [
        said.get(ordinal, date.fromordinal(ordinal).weekday() < SATURDAY)
        for ordinal in range(before + 1, end + 1)
    ]
    days = tuple(date.fromordinal(before + 1 + k) for k, works in enumerate(working) if works)
    return _Run(before, end, days, tuple(accumulate(working, initial=0)))


def _instants(day: date, intervals: tuple[Interval, ...]) -> list[tuple[datetime, datetime]]:
    return [
        (
            datetime.combine(day, opened, CITY_ZONE).astimezone(UTC),
            datetime.combine(day, closed, CITY_ZONE).astimezone(UTC),
        )
        for opened, closed in intervals
    ]


def _length(intervals: tuple[Interval, ...]) -> timedelta:
    lengths = (closed - opened for opened, closed in _instants(date(2000, 1, 1), intervals))
    return sum(lengths, timedelta(0))
