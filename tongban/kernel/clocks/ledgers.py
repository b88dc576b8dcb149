"""When a clock started, stopped and was suspended, read from what happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial, reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tongban.kernel.clocks.specs import ClockSpec


class ClockState(StrEnum):
    """How a clock stands. Being overdue is no state: it is read from the due instant."""

    IDLE = "idle"
    RUNNING = "running"
    SUSPENDED = "suspended"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that happened. `counts_from` lets a start count from an earlier instant.

    Deemed acceptance happens when the five days are over, but takes effect from the receipt
    (行政许可法 32(4)): its mark stops clocks at `at` and starts others at `counts_from`.
    """

    at: datetime
    event: str
    counts_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """A stretch that does not count; `until` is None while it lasts."""

    since: datetime
    until: datetime | None = None

    def to_data(self) -> list[str | None]:
        """The stretch as JSON: two ISO instants."""
        return [self.since.isoformat(), None if self.until is None else self.until.isoformat()]

    @classmethod
    def from_data(cls, data: Iterable[str | None]) -> Suspension:
        since, until = data
        if since is None:
            raise ValueError("a suspension has a beginning")
        return cls(
            datetime.fromisoformat(since), None if until is None else datetime.fromisoformat(until)
        )


@dataclass(frozen=True, slots=True)
class Ledger:
    """When a clock started and stopped, and the suspensions between, in order of time.

    `pauses` counts the pauses that have not been resumed: two special procedures at once keep
    the clock standing still until both have ended. `extended_at` is when the length was extended;
    a run is extended once at most (行政许可法 42).
    """

    started_at: datetime | None = None
    stopped_at: datetime | None = None
    suspensions: tuple[Suspension, ...] = ()
    pauses: int = 0
    extended_at: datetime | None = None

    @property
    def state(self) -> ClockState:
        if self.started_at is None:
            return ClockState.IDLE
        if self.stopped_at is not None:
            return ClockState.STOPPED
        if self.suspensions and self.suspensions[-1].until is None:
            return ClockState.SUSPENDED
        return ClockState.RUNNING


def fold(spec: ClockSpec, history: Iterable[Mark]) -> Ledger:
    """What a history, in the order in which it happened, means for one clock.

    While the clock runs another start is ignored; after a stop it opens a new run, as a restart
    does at any time, and the ledger is that of the last run. Pauses nest: with two special
    procedures at once the clock stands still until both have ended.
    """
    return reduce(partial(advance, spec), history, Ledger())


def advance(spec: ClockSpec, ledger: Ledger, mark: Mark) -> Ledger:
    """The ledger after one more mark; the same object where the mark means nothing to the clock.

    `fold` is this over a whole history, so a stored ledger can be carried on without it.
    """
    event = mark.event
    running = ledger.started_at is not None and ledger.stopped_at is None
    begins = event in spec.starts_on and not running
    if begins or (event in spec.restarts_on and ledger.started_at is not None):
        ledger = _started(ledger, mark.counts_from or mark.at)
    elif event in spec.continues_on and ledger.stopped_at is not None:
        ledger = _continued(ledger, ledger.stopped_at, mark.at)
    elif event in spec.stops_on and running:
        ledger = _stopped(ledger, mark.at)
    elif event in spec.extends_on and running and ledger.extended_at is None:
        ledger = replace(ledger, extended_at=mark.at)
    if event in spec.pauses_on:
        ledger = _paused(ledger, mark.at)
    elif event in spec.resumes_on and ledger.pauses:
        ledger = _resumed(ledger, mark.at)
    return ledger


def _started(ledger: Ledger, at: datetime) -> Ledger:
    suspensions = (Suspension(at),) if ledger.pauses else ()
    return Ledger(at, None, suspensions, ledger.pauses)


def _stopped(ledger: Ledger, at: datetime) -> Ledger:
    return replace(ledger, stopped_at=at, suspensions=_closed(ledger.suspensions, at))


def _continued(ledger: Ledger, stopped_at: datetime, at: datetime) -> Ledger:
    """The run goes on: what lies between the stop and now did not count."""
    between = Suspension(stopped_at, None if ledger.pauses else at)
    stretches = (between,) if between.until is None or stopped_at < at else ()
    return replace(ledger, stopped_at=None, suspensions=(*ledger.suspensions, *stretches))


def _paused(ledger: Ledger, at: datetime) -> Ledger:
    suspensions = ledger.suspensions
    if ledger.state is ClockState.RUNNING:
        suspensions = (*suspensions, Suspension(at))
    return replace(ledger, suspensions=suspensions, pauses=ledger.pauses + 1)


def _resumed(ledger: Ledger, at: datetime) -> Ledger:
    suspensions = ledger.suspensions
    if ledger.pauses == 1 and ledger.state is ClockState.SUSPENDED:
        suspensions = _closed(suspensions, at)
    return replace(ledger, suspensions=suspensions, pauses=ledger.pauses - 1)


def _closed(suspensions: tuple[Suspension, ...], at: datetime) -> tuple[Suspension, ...]:
    """The stretches with the one that lasts ended at `at`, or dropped where it has no length."""
    if not suspensions or suspensions[-1].until is not None:
        return suspensions
    last = suspensions[-1]
    return (*suspensions[:-1], *((Suspension(last.since, at),) if last.since < at else ()))


def budget_of(spec: ClockSpec, ledger: Ledger) -> int:
    """The length that counts, in the unit of the spec: with its extension once that was given."""
    return spec.length + (spec.extension if ledger.extended_at is not None else 0)


def start_of(ledger: Ledger) -> datetime:
    if ledger.started_at is None:
        raise ValueError("the clock has not started")
    return ledger.started_at
