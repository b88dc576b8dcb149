"""The units of clocks as arithmetic on whole numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from tongban.kernel.clocks.specs import EndsAt, Unit
from tongban.kernel.worktime import city_date, end_of_day, start_of_day

if TYPE_CHECKING:
    from tongban.kernel.clocks.specs import ClockSpec
    from tongban.kernel.worktime import Calendar


class Scale(Protocol):
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


class Days:
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


class Workdays(Days):
    """Working days, as the calendar counts them."""

    def span(self, a: int, b: int) -> int:
        return self.calendar.working_days_between(date.fromordinal(a), date.fromordinal(b))

    def advance(self, point: int, amount: int) -> int:
        return self.calendar.add_working_days(date.fromordinal(point), amount).toordinal()


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Hours:
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


class Minutes(Hours):
    """Natural minutes: danger does not wait for office hours."""

    grain = 60_000_000


class WorkMinutes(Hours):
    """Minutes of open time, as the calendar and its office hours count them."""

    grain = 60_000_000

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def span(self, a: int, b: int) -> int:
        return self.calendar.working_time_between(self.end(a), self.end(b)) // _MICROSECOND

    def advance(self, point: int, amount: int) -> int:
        return self.point(self.calendar.add_working_time(self.end(point), amount * _MICROSECOND))


def scale_of(spec: ClockSpec, calendar: Calendar) -> Scale:
    match spec.unit:
        case Unit.WORKDAY:
            return Workdays(calendar, spec.ends_at)
        case Unit.DAY:
            return Days(calendar, spec.ends_at)
        case Unit.HOUR:
            return Hours()
        case Unit.MINUTE:
            return Minutes()
        case Unit.WORKMINUTE:
            return WorkMinutes(calendar)
