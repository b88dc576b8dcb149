"""What a clock says: when it is due, what it fires, how it stands, and each reason in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tongban.kernel.refusals import Worded, worded
from tongban.kernel.worktime import CITY_ZONE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tongban.kernel.clocks.ledgers import ClockState


class Level(StrEnum):
    """What a firing announces."""

    WARN = "warn"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Due:
    """When the budget runs out: at `at` (UTC, exclusive), on the day `on`.

    `at` is None for a clock that has not started, for one whose suspension still lasts, and
    where a year is not published (`missing_year`). Then `not_before` is the earliest day that
    is still possible, never an estimate.
    """

    at: datetime | None = None
    not_before: date | None = None
    missing_year: int | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """A moment at which a clock does something by itself."""

    at: datetime
    level: Level


@dataclass(frozen=True, slots=True)
class Granted:
    """The budget that counts, exactly and in whole units; when `least_left` made it longer."""

    amount: int
    length: int
    moments: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the explanation: a stable key with its parameters, and a sentence."""

    key: str
    on: date | None = None
    at: datetime | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> Worded:
        """The sentence; days are written as 2026-10-08 in every language."""
        values = {"on": self.on, **self.params, "at": city_time(self.at)}
        plain = {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
        return worded(_SENTENCES[self.key], **plain)

    @property
    def zh(self) -> str:
        return str(self.words)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a clock stands. `used` and `remaining` are in the unit of its spec, rounded down.

    The present day counts as used. `remaining` is negative by as much as is overdrawn; both are
    None where a year is not published. `warned` says that the warning has fallen due.
    """

    state: ClockState
    due: Due
    used: int | None = None
    remaining: int | None = None
    overdue: bool = False
    warned: bool = False
    why: tuple[Line, ...] = ()


_SENTENCES = {
    "idle": "尚未开始计时。",
    "started": "{at} 起算，当日不计入期限。",
    "started-at": "{at} 开始计时。",
    "extended": "{at} 经批准延长 {extension} {unit}。",
    "least": "{at} 继续计时时剩余不足 {least} {unit}，按 {least} {unit} 计算。",
    "suspended": "{since} 至 {until} 暂停计时，期间不计入期限。",
    "still-suspended": "{at} 起暂停计时，目前尚未恢复。",
    "holiday": "{on} {name}放假，不计入期限。",
    "holidays": "{on} 至 {until} {name}放假，不计入期限。",
    "makeup": "{on} {name}调休上班，计入期限。",
    "due": "期限为 {length} {unit}，至 {on} 24:00 届满。",
    "due-at": "期限为 {length} {unit}，至 {at} 届满。",
    "not-before": "暂停尚未结束，届满日不早于 {on}。",
    "unpublished": "{year} 年的放假安排尚未公布，届满日不早于 {on}。",
    "used": "截至 {at}，已用 {used} {unit}，剩余 {remaining} {unit}。",
    "overdue": "截至 {at}，已用 {used} {unit}，已经超期。",
    "stopped": "{at} 停止计时，共用 {used} {unit}。",
    "stopped-late": "{at} 停止计时，共用 {used} {unit}，已经超期。",
    "stopped-unpublished": "{at} 停止计时。",
}


def city_time(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"
