"""Deadlines at a glance."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.catalogue.queries import calendar
from tongban.doors.desk.pages import Deadline, Glance
from tongban.doors.parts import Tag
from tongban.doors.texts import clock, clock_left, clock_over, last_moment
from tongban.kernel.clocks import ClockState
from tongban.kernel.worktime import CalendarUnpublished, city_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from tongban.engine.queries import ClockReading

# From so many working days on a deadline is shown as near.
NEAR_DAYS = 1


def deadline(due_at: datetime, region: str, now: datetime) -> Deadline:
    """The nearest deadline of a step: what is left in working days, and its last day.

    A limit in days ends at midnight after its last day, which is the day that is shown.
    """
    local = timezone.localtime(due_at)
    ends_a_day = (local.hour, local.minute) == (0, 0)
    day = (local - timedelta(days=1)).date() if ends_a_day else local.date()
    tag = _left(day, region, now, is_over=due_at <= now)
    return Deadline(tag, day, None if ends_a_day else due_at)


def _left(day: date, region: str, now: datetime, *, is_over: bool) -> Tag:
    today = city_date(now)
    try:
        days = calendar(region)
        n = days.working_days_between(*((day, today) if is_over else (today, day)))
    except CalendarUnpublished:
        return Tag(_("已超期"), "late") if is_over else Tag(_("待日历公布"), "unknown")
    if is_over:
        return Tag(clock_over("workday", n) if n else _("已到期"), "late")
    if not n:
        return Tag(_("今天到期"), "soon")
    return Tag(clock_left("workday", n), "soon" if n <= NEAR_DAYS else "calm")


def nearest(clocks: Sequence[ClockReading]) -> ClockReading | None:
    """The running clock that is due first."""
    running = [
        (one.reading.due.at, place)
        for place, one in enumerate(clocks)
        if one.reading.state is ClockState.RUNNING and one.reading.due.at is not None
    ]
    return clocks[min(running)[1]] if running else None


def deadline_glance(clocks: Sequence[ClockReading]) -> Glance:
    """The deadline that comes next, or what the clocks say instead."""
    found = nearest(clocks)
    if found is not None:
        shown = clock(found)
        return Glance(
            label=_("最近时限"), value=shown.headline, note=shown.name, tone=shown.tone,
            day=last_moment(found.reading.due),
        )  # fmt: skip
    undated = [c for c in clocks if c.reading.state is ClockState.RUNNING]
    waiting = [c for c in clocks if c.reading.state is ClockState.SUSPENDED] or undated
    if not waiting:
        return Glance(label=_("最近时限"), value=_("没有在走的时限"))
    shown = clock(waiting[0])
    return Glance(
        label=_("最近时限"), value=shown.headline, note=shown.due_note or shown.name,
        tone=shown.tone,
    )  # fmt: skip
