"""What a clock counts: the spec, and the words it is made of."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Unit(StrEnum):
    """What a clock counts in."""

    WORKDAY = "workday"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    WORKMINUTE = "workminute"


class Owner(StrEnum):
    """Whose time runs."""

    GOVERNMENT = "government"
    APPLICANT = "applicant"
    THIRD = "third"


class EndsAt(StrEnum):
    """When the last day of a day unit ends: 24:00 for online acts, closing for the window."""

    MIDNIGHT = "midnight"
    CLOSING = "closing"


UNIT_WORDS = {
    Unit.WORKDAY: "个工作日",
    Unit.DAY: "日",
    Unit.HOUR: "小时",
    Unit.MINUTE: "分钟",
    Unit.WORKMINUTE: "分钟（工作时间）",
}
_EVENT_FIELDS = (
    "starts_on",
    "stops_on",
    "pauses_on",
    "resumes_on",
    "extends_on",
    "restarts_on",
    "continues_on",
)


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """What a clock counts. `length` is in `unit`; the event fields name verbs of the journal.

    A warning falls due when `warn_percent` of the length is used, or when `warn_left` units are
    left if that comes first; `remind_left` names more such moments, in units that are left (0 is
    the morning of the last one). `on_expiry` names the verb that the city does itself at the end.
    `extension` is what is added to the length, once, when a verb of `extends_on` happens. A verb
    of `restarts_on` begins a new run of a clock that has started, also of one that is stopped;
    after a verb of `continues_on` one that is stopped goes on as if it had been suspended. Where a
    clock goes on that was not over, at least `least_left` units are left.
    Raises ValueError for a spec that contradicts itself.
    """

    name: str
    length: int
    unit: Unit
    starts_on: frozenset[str]
    stops_on: frozenset[str] = frozenset()
    pauses_on: frozenset[str] = frozenset()
    resumes_on: frozenset[str] = frozenset()
    on_expiry: str = ""
    warn_percent: int = 70
    basis: str = ""
    mark: str = ""
    owner: Owner = Owner.GOVERNMENT
    ends_at: EndsAt = EndsAt.MIDNIGHT
    warn_left: int = 0
    extends_on: frozenset[str] = frozenset()
    extension: int = 0
    remind_left: tuple[int, ...] = ()
    restarts_on: frozenset[str] = frozenset()
    continues_on: frozenset[str] = frozenset()
    least_left: int = 0

    def __post_init__(self) -> None:
        for name in _EVENT_FIELDS:
            object.__setattr__(self, name, _events(getattr(self, name)))
        object.__setattr__(self, "remind_left", tuple(self.remind_left))
        object.__setattr__(self, "unit", Unit(self.unit))
        object.__setattr__(self, "owner", Owner(self.owner))
        object.__setattr__(self, "ends_at", EndsAt(self.ends_at))
        fault = _spec_fault(self)
        if fault:
            raise ValueError(f"clock {self.name!r}: {fault}")

    def to_data(self) -> dict[str, Any]:
        """The spec as JSON, for the snapshot that a running clock keeps."""
        data = {one.name: getattr(self, one.name) for one in fields(self)}
        data |= {name: sorted(data[name]) for name in _EVENT_FIELDS}
        data["remind_left"] = list(self.remind_left)
        return data | {name: data[name].value for name in ("unit", "owner", "ends_at")}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ClockSpec:
        """The spec from `to_data`. Raises TypeError for a key that it does not know."""
        return cls(**data)


def _events(names: Iterable[str]) -> frozenset[str]:
    return frozenset({names} if isinstance(names, str) else names)


def _spec_fault(spec: ClockSpec) -> str:
    faults = {
        "the length is negative": spec.length < 0,
        "warn_percent lies outside 1 to 100": not 1 <= spec.warn_percent <= 100,
        "warn_left is negative": spec.warn_left < 0,
        "least_left is negative": spec.least_left < 0,
        "nothing starts it": not spec.starts_on,
        "one event both starts and stops it": spec.starts_on & spec.stops_on,
        "one event both restarts and stops it": spec.restarts_on & spec.stops_on,
        "one event makes it go on and does something else": spec.continues_on
        & (spec.starts_on | spec.stops_on | spec.restarts_on),
        "one event both pauses and resumes it": spec.pauses_on & spec.resumes_on,
        "it can pause but not resume, or resume but not pause": (
            bool(spec.pauses_on) != bool(spec.resumes_on)
        ),
        "the extension is negative": spec.extension < 0,
        "a reminder lies outside the length": any(
            not 0 <= left < max(1, spec.length) for left in spec.remind_left
        ),
    }
    return "; ".join(fault for fault, there in faults.items() if there)
