"""What the numbers say, and when they say nothing (domain-04 §4.4).

A rate stands beside its participation; with few reviews it has a Wilson interval; with fewer than
the minimum nothing is compared; a place in a ranking is given only where intervals do not overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Z95 = 1.959963984540054
"""The two-sided 95 % quantile of the normal distribution."""


PLACES = 2
"""Decimal places of a rate: the seed figure, 99.98 %, is no other than 100 % with fewer."""


def rounded_percent(share: float, places: int = PLACES) -> str:
    """A share as a percentage that never says all or nothing where it is neither."""
    least = 10.0**-places
    shown = share * 100
    if 0.0 < share < 1.0:
        shown = min(100.0 - least, max(least, shown))
    return f"{shown:.{places}f}%"


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which values the true rate lies, with 95 % confidence."""

    low: float
    high: float

    def overlaps(self, other: Interval) -> bool:
        """Whether both could have the same true rate."""
        return self.low <= other.high and other.low <= self.high


def wilson(good: int, total: int, z: float = Z95) -> Interval:
    """The Wilson score interval of good out of total; all of [0, 1] where there is nothing."""
    if total <= 0:
        return Interval(0.0, 1.0)
    share = good / total
    square = z * z
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = z * sqrt(share * (1 - share) / total + square / (4 * total * total))
    spread /= 1 + square / total
    # At the borders the formula is 0 or 1 exactly; floating point may leave them by a hair.
    low = 0.0 if good == 0 else max(0.0, middle - spread)
    high = 1.0 if good == total else min(1.0, middle + spread)
    return Interval(low, high)


def good_rate(good: int, total: int) -> float | None:
    """好评率: levels 1 to 3 of all; None where nothing was said."""
    return good / total if total else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one unit, item, window or channel over some time.

    ``levels`` counts what weighs, by level from 1; ``held`` waits to be confirmed; ``invited``
    counts closed matters, ``heard`` those of them whose person spoke, whenever he did;
    ``unprompted`` those that nobody asked for on the spot.
    """

    levels: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    held: int = 0
    invited: int = 0
    unprompted: int = 0
    worst_good: int = 3
    heard: int = 0

    @property
    def total(self) -> int:
        """How many count."""
        return sum(self.levels)

    @property
    def good(self) -> int:
        """How many are good."""
        return sum(self.levels[: self.worst_good])

    @property
    def bad(self) -> int:
        """How many are bad."""
        return self.total - self.good

    @property
    def rate(self) -> float | None:
        """The good rate."""
        return good_rate(self.good, self.total)

    @property
    def interval(self) -> Interval:
        """Where the true good rate lies."""
        return wilson(self.good, self.total)

    @property
    def participation(self) -> float | None:
        """参评率: evaluated of closed; what is held was evaluated too."""
        return self.heard / self.invited if self.invited else None

    @property
    def unprompted_rate(self) -> float | None:
        """主动评价率: not prompted by staff, of all that count."""
        return self.unprompted / self.total if self.total else None


def add_up(rows: Iterable[tuple[int, int, int, int]], worst_good: int = 3) -> Figures:
    """Figures from rows of level, n, held, unprompted.

    Level 0 counts invitations: ``n`` were asked, ``held`` of them spoke.
    """
    levels, held = [0] * 6, [0] * 6
    unprompted = 0
    for level, n, waits, alone in rows:
        levels[level] += n
        held[level] += waits
        unprompted += alone
    asked, one, two, three, four, five = levels
    spoke, *wait = held
    said = (one, two, three, four, five)
    return Figures(said, sum(wait), asked, unprompted, worst_good, spoke)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit on a board; ``place`` None where too few spoke or its interval overlaps another."""

    code: str
    figures: Figures
    place: int | None
    is_few: bool


def ranked(found: Mapping[str, Figures], minimum: int) -> tuple[Ranked, ...]:
    """The units, best rate first; a place only for those that differ from both neighbours.

    Units with fewer reviews than the minimum stand at the end and take no place. Places count
    all units with enough reviews, so that withholding one does not promote the next. Whoever
    stands alone is compared with nobody and has no place.
    """
    enough = [(code, one) for code, one in found.items() if one.total >= minimum and one.total]
    enough.sort(key=lambda pair: (-(pair[1].rate or 0.0), -pair[1].total, pair[0]))
    rows = [
        Ranked(code, one, at + 1 if _is_apart(enough, at) else None, is_few=False)
        for at, (code, one) in enumerate(enough)
    ]
    few = sorted((code, one) for code, one in found.items() if code not in dict(enough))
    return (*rows, *(Ranked(code, one, None, is_few=True) for code, one in few))


def last_of(rows: Sequence[Ranked]) -> str:
    """The unit at the bottom; empty where its place is withheld, or only few spoke of any."""
    enough = [one for one in rows if not one.is_few]
    return enough[-1].code if enough and enough[-1].place is not None else ""


def running_last(months: Sequence[Sequence[Ranked]]) -> str:
    """The unit at the bottom of every one of these months; empty where no unit is."""
    found = {last_of(rows) for rows in months}
    return found.pop() if len(found) == 1 else ""


def _is_apart(rows: Sequence[tuple[str, Figures]], at: int) -> bool:
    """Whether there are other units and the interval of none overlaps this one's."""
    mine = rows[at][1].interval
    return len(rows) > 1 and not any(
        mine.overlaps(other.interval) for n, (_, other) in enumerate(rows) if n != at
    )
