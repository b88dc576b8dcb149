"""Working-day calendars from the rows of content."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from typing import Any

from tongban.catalogue.content import CalendarDay, Mark
from tongban.catalogue.content.city import OfficeHours as ContentHours
from tongban.kernel.identifiers import region_within
from tongban.kernel.worktime import Calendar, DayKind, DayRow, Layer, OfficeHours

CONFIRMED = frozenset({Mark.SEED, Mark.VERIFIED, Mark.SECONDARY})


def counts(day: CalendarDay) -> bool:
    """Whether a row may move a legal deadline: only one that a published notice stands behind."""
    return day.mark in CONFIRMED


def rows_of(days: Iterable[CalendarDay], layer: Layer) -> list[DayRow]:
    """Return the rows of a layer that count."""
    return [DayRow(day.date, DayKind(day.kind), day.name, layer) for day in days if counts(day)]


def layers_of(region: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the regional layers that hold in a region: those of the regions around it."""
    return tuple(sorted(code for code in known if region_within(region, code)))


def calendar_of(
    national: Mapping[int, Sequence[CalendarDay]],
    regional: Mapping[int, Sequence[CalendarDay]],
    hours: OfficeHours,
) -> Calendar:
    """Build a calendar. Its published years are those of the national layer."""
    years = {year for year, days in national.items() if days}
    rows = [row for year in years for row in rows_of(national[year], Layer.NATIONAL)]
    for year in sorted(years & set(regional)):
        rows += rows_of(regional[year], Layer.REGIONAL)
    return Calendar.of(rows, years=years, hours=hours)


def office_hours(hours: Sequence[ContentHours]) -> OfficeHours:
    """Return the hours in which working minutes are counted: those of the shortest day.

    Summer and winter hours have different edges; counting by one of them keeps a length of
    working minutes the same all year.
    """
    shortest = min(hours, key=lambda one: sum(shift.minutes for shift in one.shifts))
    intervals = [
        (time.fromisoformat(shift.opens), time.fromisoformat(shift.closes))
        for shift in shortest.shifts
    ]
    return OfficeHours.weekdays(*intervals)


def calendar_from_data(data: Mapping[str, Any], region: str) -> Calendar:
    """Build the calendar of a region from the live part "calendars"."""
    hours = [ContentHours.model_validate(one) for one in data["hours"]]
    regional: dict[int, list[CalendarDay]] = {}
    for layer in layers_of(region, data["regional"]):
        for year, days in _years(data["regional"][layer]).items():
            regional.setdefault(year, []).extend(days)
    return calendar_of(_years(data["national"]), regional, office_hours(hours))


def _years(data: Mapping[str, Any]) -> dict[int, list[CalendarDay]]:
    return {
        int(year): [CalendarDay.model_validate(day) for day in days] for year, days in data.items()
    }
