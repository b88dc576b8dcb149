"""Boards: the roll-up over months, by unit, item, channel or window; how bad is mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from tongban.ratings import rules, sql
from tongban.ratings.models import Rectification
from tongban.ratings.queries.rules import objects_apart, ratings
from tongban.ratings.states import Grain, RectificationState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tongban.ratings.rules import Figures, Ranked

_GRAINS = {
    "department": Grain.MONTH, "all": Grain.MONTH, "item": Grain.ITEM, "channel": Grain.CHANNEL,
    "window": Grain.WINDOW, "day": Grain.DAY,
}  # fmt: skip
_OF_UNIT = ("rating_contact", "rating_rectify", "rating_complex")
"""The clocks that the unit keeps; of the others the administration is late."""


@dataclass(frozen=True, slots=True)
class Board:
    """A ranking with the whole beside it."""

    since: date
    until: date
    whole: Figures
    rows: tuple[Ranked, ...]
    minimum: int


def month_of(day: date) -> tuple[date, date]:
    """The first day of a day's month, and that of the next."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def figures_of(key: str, since: date, until: date, *, department: str = "") -> dict[str, Figures]:
    """Figures by department, item, channel, window, day or of all; whole months but for days."""
    params = {"since": since, "until": until, "department": department}
    found: dict[str, list[tuple[int, int, int, int]]] = {}
    for code, *row in sql.board(key, _GRAINS[key].value, params):
        found.setdefault(code, []).append((row[0], row[1], row[2], row[3]))
    worst = ratings().worst_good
    return {code: rules.add_up(rows, worst) for code, rows in found.items()}


def board_of(key: str, since: date, until: date, *, department: str = "") -> Board:
    """Who stands where; places are withheld where intervals overlap or too few spoke."""
    minimum = ratings().statistics.minimum.value
    found = figures_of(key, since, until, department=department)
    whole = figures_of("all", since, until, department=department).get("", rules.Figures())
    found.pop("", None)
    return Board(since, until, whole, rules.ranked(found, minimum), minimum)


def days_of(since: date, until: date, *, department: str = "") -> dict[str, Figures]:
    """The figures of each day, by its date."""
    return dict(sorted(figures_of("day", since, until, department=department).items()))


@dataclass(frozen=True, slots=True)
class Mended:
    """How bad reviews of some time were put right.

    ``due`` count as bad reviews, ``done`` of them were put right, ``in_time`` without the unit
    being late; ``satisfied`` of ``called`` said so at the callback. What two persons ``excluded``
    is neither due nor done: nothing of it was put right. A matter in its second round is one.
    """

    due: int = 0
    done: int = 0
    in_time: int = 0
    called: int = 0
    satisfied: int = 0
    excluded: int = 0
    by_name: int = 0
    contacted: int = 0

    @property
    def rate(self) -> float | None:
        """差评整改率."""
        return self.done / self.due if self.due else None

    @property
    def in_time_rate(self) -> float | None:
        """按期整改率."""
        return self.in_time / self.due if self.due else None

    @property
    def satisfied_rate(self) -> float | None:
        """回访满意率."""
        return self.satisfied / self.called if self.called else None

    @property
    def contact_rate(self) -> float | None:
        """实名差评回访率, of which 100 % is the aim."""
        return self.contacted / self.by_name if self.by_name else None


def mended_of(since: date, until: date, *, department: str = "") -> Mended:
    """How the bad reviews given in a span were put right; one query over the bad ones."""
    of: dict[str, Any] = {"review__day__gte": since, "review__day__lt": until}
    if department:
        of["proceeding__department"] = department
    return _mended(Rectification.objects.exclude(review__object__in=objects_apart()).filter(**of))


def mended_by(**of: Any) -> Mended:
    """How the bad ones of what the fields name were put right, whenever they were given."""
    return _mended(Rectification.objects.filter(**of))


def _mended(found: QuerySet[Rectification]) -> Mended:
    found = found.filter(later=None)
    excluded = Q(proceeding__state=RectificationState.EXCLUDED)
    done = Q(proceeding__state=RectificationState.CLOSED)
    late = reduce(or_, (Q(proceeding__facts__late__contains=[name]) for name in _OF_UNIT))
    named = Q(review__real_name=True) & ~excluded
    counted = found.aggregate(
        due=Count("pk", filter=~excluded),
        done=Count("pk", filter=done),
        in_time=Count("pk", filter=done) - Count("pk", filter=done & late),
        called=Count("pk", filter=Q(satisfied__isnull=False) & ~excluded),
        satisfied=Count("pk", filter=Q(satisfied=True) & ~excluded),
        excluded=Count("pk", filter=excluded),
        by_name=Count("pk", filter=named),
        contacted=Count("pk", filter=named & ~Q(contact="")),
    )
    return Mended(**counted)
