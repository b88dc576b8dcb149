"""Reckoning: when a budget runs out, what fires on the way, and how a clock stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tongban.kernel.clocks.ledgers import ClockState, Ledger, budget_of, fold, start_of
from tongban.kernel.clocks.readings import Due, Firing, Granted, Level, Line, Reading
from tongban.kernel.clocks.reasons import reasons
from tongban.kernel.clocks.scales import scale_of
from tongban.kernel.worktime import CalendarUnpublished

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tongban.kernel.clocks.ledgers import Mark
    from tongban.kernel.clocks.scales import Scale
    from tongban.kernel.clocks.specs import ClockSpec
    from tongban.kernel.worktime import Calendar


def due(spec: ClockSpec, ledger: Ledger, calendar: Calendar) -> Due:
    """When the budget of a started clock runs out, stopped clocks included. Never raises for an
    unpublished year.
    """
    if ledger.started_at is None:
        return Due()
    scale = scale_of(spec, calendar)
    return _due(scale, ledger, _granted(scale, spec, ledger).amount)


def read(spec: ClockSpec, history: Iterable[Mark], calendar: Calendar, now: datetime) -> Reading:
    """How the clock stood at `now`, from what had happened by then."""
    known = [mark for mark in history if mark.at <= now]
    return read_ledger(spec, fold(spec, known), calendar, now)


def read_ledger(spec: ClockSpec, ledger: Ledger, calendar: Calendar, now: datetime) -> Reading:
    """How the clock stands at `now`, with the reasons line by line."""
    if ledger.started_at is None:
        return Reading(ledger.state, Due(), why=(Line("idle"),))
    scale = scale_of(spec, calendar)
    granted = _granted(scale, spec, ledger)
    length = granted.length
    deadline = _due(scale, ledger, granted.amount)
    until = _counted_until(ledger, now)
    used = _used(scale, ledger, until)
    overdue = deadline.at is not None and until >= deadline.at
    reading = Reading(
        state=ledger.state,
        due=deadline,
        used=used,
        remaining=None if used is None else length - used,
        overdue=overdue,
        warned=overdue or (used is not None and 0 < _warn_after(spec, length) <= used),
    )
    return replace(reading, why=tuple(reasons(spec, ledger, calendar, reading, until, granted)))


def firings(spec: ClockSpec, ledger: Ledger, calendar: Calendar) -> tuple[Firing, ...]:
    """The moments at which the clock fires, in order, as far as they are certain.

    A suspension that lasts and an unpublished year leave out what depends on them; a stop leaves
    out what would come after it. In day units the warning comes at 0:00 of its day.
    """
    if ledger.started_at is None:
        return ()
    scale = scale_of(spec, calendar)
    granted = _granted(scale, spec, ledger)
    expiry = _due(scale, ledger, granted.amount).at
    moments = [
        Firing(at, Level.WARN)
        for at in _warnings(scale, ledger, spec, granted.length)
        if expiry is None or at < expiry
    ]
    if expiry is not None:
        moments.append(Firing(expiry, Level.EXPIRE))
    stopped = ledger.stopped_at
    return tuple(one for one in moments if stopped is None or one.at <= stopped)


def _granted(scale: Scale, spec: ClockSpec, ledger: Ledger) -> Granted:
    """The length that counts: with what a clock got that went on with less than `least_left`.

    One that was over when it was suspended gets nothing. Where a year is not published the
    length is what is known so far.
    """
    length = budget_of(spec, ledger)
    amount, least = length * scale.grain, spec.least_left * scale.grain
    if not least or not ledger.suspensions:
        return Granted(amount, length)
    left = amount
    point = scale.point(start_of(ledger))
    moments: list[datetime] = []
    try:
        for one in ledger.suspensions:
            if scale.end(scale.advance(point, left)) <= one.since:
                break
            since = max(scale.point(one.since), point)
            left -= scale.span(point, since)
            if left < least:
                amount, left = amount + least - left, least
                moments.append(one.until or one.since)
            if one.until is None:
                break
            point = max(scale.point(one.until), point)
    except CalendarUnpublished:
        pass
    return Granted(amount, -(-amount // scale.grain), tuple(moments))


@dataclass(frozen=True, slots=True)
class _Arrival:
    """Where a walk along a ledger ended: at the end of the budget if `settled`; else at the
    earliest end if a suspension lasts, or at the last known point before `missing_year`.
    """

    point: int
    settled: bool
    missing_year: int | None = None


def _walk(scale: Scale, ledger: Ledger, amount: int) -> _Arrival:
    """Spend an amount from the start on, stepping over the suspensions."""
    point = scale.point(start_of(ledger))
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


def _due(scale: Scale, ledger: Ledger, amount: int) -> Due:
    arrival = _walk(scale, ledger, amount)
    if arrival.missing_year is not None:
        earliest = max(date(arrival.missing_year, 1, 1), scale.first_day_after(arrival.point))
        return Due(None, earliest, arrival.missing_year)
    if not arrival.settled:
        return Due(None, scale.day(arrival.point))
    return Due(scale.end(arrival.point), on=scale.day(arrival.point))


def _warn_after(spec: ClockSpec, length: int) -> int:
    """The units after which the warning falls due, at least one; zero where there is none."""
    if length == 0:
        return 0
    percent = -(-length * spec.warn_percent // 100)
    return max(1, min(percent, length - spec.warn_left))


def _warnings(scale: Scale, ledger: Ledger, spec: ClockSpec, length: int) -> list[datetime]:
    amounts = {_warn_after(spec, length), *(max(1, length - left) for left in spec.remind_left)}
    arrivals = [_walk(scale, ledger, amount * scale.grain) for amount in sorted(amounts) if amount]
    moments = (scale.opening(one.point) for one in arrivals if one.settled)
    return list(dict.fromkeys(moments))


def _counted_until(ledger: Ledger, now: datetime) -> datetime:
    if ledger.stopped_at is not None:
        return ledger.stopped_at
    if ledger.state is ClockState.SUSPENDED:
        return ledger.suspensions[-1].since
    return now


def _used(scale: Scale, ledger: Ledger, until: datetime) -> int | None:
    """Whole units used up to an instant, None where a year is not published."""
    point = scale.point(start_of(ledger))
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
