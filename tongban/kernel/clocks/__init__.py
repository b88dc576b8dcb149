"""Clocks: a deadline as a budget with a ledger of suspensions, computed and never edited.

`fold` reads from a history when a clock started, stopped and was suspended; `due` says when its
budget runs out; `read` says how it stands now and why. All are pure functions. Where a calendar
year is not published they say so instead of guessing, and they never raise for it.

In day units the day of an event is never counted: the first counted day is the next one, and a
suspension takes out the days in (day of suspension, day of resumption] (行政许可法 45, 82).
"""

from tongban.kernel.clocks.ledgers import ClockState, Ledger, Mark, Suspension, advance, fold
from tongban.kernel.clocks.readings import Due, Firing, Level, Line, Reading
from tongban.kernel.clocks.reckoning import due, firings, read, read_ledger
from tongban.kernel.clocks.specs import UNIT_WORDS, ClockSpec, EndsAt, Owner, Unit

__all__ = [
    "UNIT_WORDS",
    "ClockSpec",
    "ClockState",
    "Due",
    "EndsAt",
    "Firing",
    "Ledger",
    "Level",
    "Line",
    "Mark",
    "Owner",
    "Reading",
    "Suspension",
    "Unit",
    "advance",
    "due",
    "firings",
    "fold",
    "read",
    "read_ledger",
]
