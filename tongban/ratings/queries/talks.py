"""The unit that stands at the bottom for months running, and the talk about it (约谈)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tongban.kernel.worktime import city_date
from tongban.ratings import rules
from tongban.ratings.queries.boards import board_of, month_of
from tongban.ratings.queries.rules import ratings
from tongban.records.queries import last_entry

if TYPE_CHECKING:
    from datetime import datetime

TALK = "talk"
"""The stream of talks: one for each month."""


@dataclass(frozen=True, slots=True)
class Talk:
    """That a talk took place: about which unit, on what day, with whom, what was promised."""

    unit: str
    held_on: date
    whom: str
    promised: str
    by_id: int


def month_over(month: date, now: datetime) -> date | None:
    """The first day of a month that is over; None while it runs, when nobody stands last yet."""
    first, after = month_of(month)
    return first if after <= city_date(now) else None


def unit_to_talk_to(month: date, now: datetime) -> str:
    """The unit at the bottom of this month and those before it; empty where no talk is due.

    Nothing is said of a month that runs, nor where places are withheld.
    """
    first = month_over(month, now)
    if first is None:
        return ""
    boards = []
    for _turn in range(ratings().talk_after.value):
        boards.append(board_of("department", *month_of(first)).rows)
        first = (first - timedelta(days=1)).replace(day=1)
    return rules.running_last(boards)


def stream_id(month: date) -> int:
    """Under which number the talk of a month stands in the journal, as 202609."""
    return month.year * 100 + month.month


def talk_of(month: date) -> Talk | None:
    """The talk that was held about a month; None where none was."""
    entry = last_entry(TALK, stream_id(month))
    if entry is None:
        return None
    told = entry.body
    held_on = date.fromisoformat(told["held_on"])
    return Talk(told["unit"], held_on, told["whom"], told["promised"], entry.actor_id)
