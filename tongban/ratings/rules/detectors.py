"""The eight detectors (domain-04 §4.3) as pure rules; the thresholds are content.

F6 is not among them: without a case or visit behind it a rating is refused (`NothingToRate`).
F1, F2, F3, F5 and F7 look at one rating, F4 at a unit's days, F8 at a window's hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from tongban.ratings.states import Detector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from tongban.ratings.content import Ratings


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What is known when somebody rates.

    ``others_today`` are different persons for whom this device rated today, this one left out;
    ``same_text`` ratings of the best level with the same words lately.
    """

    level: int
    at_counter: bool = False
    is_registered: bool = False
    others_today: int = 0
    seconds: int | None = None
    staff_session: bool = False
    text_length: int = 0
    same_text: int = 0
    is_of_unit: bool = False


def immediate(signals: Signals, content: Ratings) -> dict[Detector, dict[str, Any]]:
    """What one rating gives away by itself: detector to the facts that a person can check."""
    return dict(_found(signals, content))


def _found(one: Signals, content: Ratings) -> Iterator[tuple[Detector, dict[str, Any]]]:
    per_day = content.detector("F1").values["per_day"]
    if not one.is_registered and one.others_today + 1 > per_day:
        yield Detector.F1, {"people": one.others_today + 1, "limit": per_day}
    fast = content.detector("F2").values["seconds"]
    # A page of the hall always says when it was opened: without it the time was taken away.
    if one.at_counter and (one.seconds is None or one.seconds < fast):
        took = {} if one.seconds is None else {"seconds": one.seconds}
        yield Detector.F2, {**took, "limit": fast}
    if one.staff_session:
        yield Detector.F3, {}
    rule = content.detector("F5").values
    is_long = one.text_length >= rule["shortest"]
    if one.level == 1 and is_long and one.same_text + 1 >= rule["same"]:
        yield Detector.F5, {"same": one.same_text + 1, "limit": rule["same"]}
    if one.is_of_unit:
        yield Detector.F7, {}


@dataclass(frozen=True, slots=True)
class Burst:
    """A day on which a unit got far more ratings than usual."""

    count: int
    mean: float
    limit: float


def burst_of(count: int, before: Sequence[int], rule: Mapping[str, int]) -> Burst | None:
    """F4: whether a day's count lies above mean plus some standard deviations of the days before.

    ``before`` are the counts of the days before, quiet ones included. A spread of less than one
    rating counts as one: a unit with the same count every day is not accused of one more.
    """
    if count < rule["least"] or not before:
        return None
    mean = sum(before) / len(before)
    spread = sqrt(sum((one - mean) ** 2 for one in before) / len(before))
    limit = mean + rule["sigma"] * max(1.0, spread)
    return Burst(count, mean, limit) if count > limit else None


def idle_share(
    rated: Iterable[datetime], served: Iterable[datetime], within: timedelta
) -> tuple[int, int]:
    """F8: how many on-site ratings came while nobody was served, and how many there are.

    Somebody is served from ``within`` before to ``within`` after each visit.
    """
    visits = sorted(served)
    idle = total = 0
    for at in rated:
        total += 1
        idle += not any(abs(at - visit) <= within for visit in visits)
    return idle, total
