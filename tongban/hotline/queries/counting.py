"""The figures of a time and a unit (domain-04 §5.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tongban.hotline import sql
from tongban.hotline.queries.tree import content, good_to
from tongban.kernel.worktime import city_date, start_of_day

if TYPE_CHECKING:
    from datetime import date


def count_complaints(since: datetime, until: datetime, unit: str = "") -> int:
    """How many complaints came in, of one unit or of all; what was taken back does not count."""
    found = _counted(since, until)
    return sum(one.get("complaints", 0) for code, one in found.items() if unit in ("", code))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted for a unit, or for all, in a period; a share is None where nothing counts.

    Shares lie between 0 and 1. ``part`` is what "solved in part" weighs (content).
    """

    unit: str
    part: float
    accepted: int = 0
    answered: int = 0
    ended: int = 0
    closed: int = 0
    again: int = 0
    ordered: int = 0
    solved: int = 0
    partly: int = 0
    unsolved: int = 0
    satisfied: int = 0
    rated: int = 0
    sent: int = 0
    returned: int = 0
    first_sent: int = 0
    first_right: int = 0
    due: int = 0
    on_time: int = 0
    contact_due: int = 0
    contacted: int = 0

    @property
    def shares(self) -> dict[str, float | None]:
        """Each figure by its name, as `FORMULAS` of the page explains it."""
        called = self.solved + self.partly + self.unsolved
        return {
            "direct": _share(self.answered, self.accepted),
            "completion": _share(self.ended, self.accepted),
            "response": _share(self.contacted, self.contact_due),
            "on_time": _share(self.on_time, self.due),
            "solved": _share(self.solved + self.part * self.partly, called),
            "satisfied": _share(self.satisfied, self.rated),
            "returned": _share(self.returned, self.sent),
            "first": _share(self.first_right, self.first_sent),
            "again": _share(self.again, self.closed),
            "ordered": _share(self.ordered, self.closed),
        }


def _share(counted: float, of: int) -> float | None:
    return counted / of if of else None


def figures(since: datetime, until: datetime, unit: str | None = None) -> list[Figures]:
    """The figures of a period (since included, until not), of one unit or of all of them.

    The first of several is the whole city; the units follow in the order of their codes. What is
    received, sent, due or closed counts in the period in which that happened; a deadline that is
    not over by ``until`` does not count yet.
    """
    part_solved = float(content()["solved_in_part"]["value"])
    found = _counted(since, until)
    for one in found.values():
        one.pop("complaints", None)
    by_unit = [Figures(code, part_solved, **found[code]) for code in sorted(found) if code]
    if unit is not None:
        return [one for one in by_unit if one.unit == unit] or [Figures(unit, part_solved)]
    total: dict[str, int] = {}
    for numbers in found.values():
        for name, n in numbers.items():
            total[name] = total.get(name, 0) + n
    return [Figures("", part_solved, **total), *by_unit]


def _counted(since: datetime, until: datetime) -> dict[str, dict[str, int]]:
    """What is counted in a period: kept days as they are kept, everything else anew."""
    first, last = _days_within(since, until)
    kept = sql.kept_days(first, last) if first < last else set()
    found = [sql.sums(first, last)] if kept else []
    start = since
    for day in sorted(kept):
        begins, ends = start_of_day(day), start_of_day(day + timedelta(days=1))
        if start < begins:
            found.append(sql.counts(start, begins, good_to()))
        start = ends
    if start < until:
        found.append(sql.counts(start, until, good_to()))
    total: dict[str, dict[str, int]] = {}
    for one in found:
        for unit, numbers in one.items():
            into = total.setdefault(unit, {})
            for name, n in numbers.items():
                into[name] = into.get(name, 0) + n
    return total


def _days_within(since: datetime, until: datetime) -> tuple[date, date]:
    """The first whole day of a period, and the day after its last."""
    first = city_date(since)
    return (first if start_of_day(first) == since else first + timedelta(days=1)), city_date(until)
