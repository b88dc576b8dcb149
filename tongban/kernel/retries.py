"""Trying again: how long to wait after a vain attempt, and when to give up.

One rule for everything that is sent to machines outside. Pure: whoever sends says how often it was
tried, by whichever clock the attempts go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

FOR_GOOD = frozenset({400, 401, 403, 404, 405, 410, 422})
"""Statuses of HTTP with which a machine says that it will never take this message."""


@dataclass(frozen=True, slots=True)
class Retries:
    """Pauses that double from the first to the longest, and how many attempts there are at most.

    Short pauses first, for what is over in a moment; long ones later, so that a system that is
    down for hours is not asked all the time and finds everything once it is back.
    """

    most: int
    first: timedelta = timedelta(seconds=15)
    longest: timedelta = timedelta(hours=1)

    def pause(self, attempts: int) -> timedelta:
        """How long to wait after so many vain attempts (1 or more)."""
        # The longest pause is reached long before the power grows out of hand.
        doubled: timedelta = self.first * 2 ** min(max(0, attempts - 1), 30)
        return min(doubled, self.longest)

    def is_over(self, attempts: int) -> bool:
        """Whether so many vain attempts are enough: it is given up."""
        return attempts >= self.most

    @property
    def lasts(self) -> timedelta:
        """From the first attempt to the last one, all of them vain."""
        return sum((self.pause(n) for n in range(1, self.most)), timedelta(0))


HOURS = Retries(most=12)
"""For departments and partners: somebody looks at what is given up after about four hours."""
A_DAY = Retries(most=32)
"""For apps of others, at which nobody looks: about a day, so that one may be down for a night."""
