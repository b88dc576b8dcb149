"""Writing in the engine: one `Act` is one verb, one transaction, one entry per proceeding.

    with Act(by=actor, verb="grant", now=now) as act:
        case = act.lock(case_id)
        act.move(case, "grant", body={"decision": 17})

Everything an action decides is collected and written by one SQL call when the block ends; an
exception inside the block writes nothing. `now` is the city's time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from tongban.catalogue.queries import calendar
from tongban.engine import rules, sql
from tongban.engine.models import NO_DEADLINE
from tongban.engine.states import KINDS, Kind, StepParty, StepState
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.clocks import (
    ClockSpec,
    ClockState,
    Ledger,
    Mark,
    Owner,
    Suspension,
    advance,
    due,
)
from tongban.kernel.numbers import public_number
from tongban.kernel.refusals import MoveNotAllowed, NotFound
from tongban.records.actions import seal_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType

CITY_TIME = ZoneInfo("Asia/Shanghai")


@dataclass(slots=True)
class StepRow:
    """A step as read under lock."""

    id: int
    code: str
    queue: str
    state: str
    turn: int
    assignee_id: int | None
    whose: str
    opened_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether the step waits for somebody."""
        return self.state == StepState.OPEN


@dataclass(slots=True)
class ClockRow:
    """A clock as read under lock: its ledger and the index made of it."""

    ledger: Ledger
    due_at: datetime | None = None
    fires_at: datetime | None = None
    level: str = ""


@dataclass(slots=True)
class Locked:
    """A proceeding under lock. Change it through the methods of `Act` only."""

    id: int
    number: str
    kind: str
    parent_id: int | None
    region: str
    department: str
    party_id: int
    version_id: int
    state: str
    facts: dict[str, Any]
    open_children: int
    opened_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    steps: list[StepRow] = field(default_factory=list)
    clocks: dict[str, ClockRow] = field(default_factory=dict)
    is_new: bool = False

    @property
    def law(self) -> Kind:
        """The kind that rules this proceeding."""
        return KINDS[self.kind]

    @property
    def is_ended(self) -> bool:
        """Whether its life is over."""
        return self.state in self.law.machine.final

    def open_step(self, code: str | None = None) -> StepRow | None:
        """The open step of that code, or the first open one."""
        for step in self.steps:
            if step.is_open and code in (None, step.code):
                return step
        return None


@dataclass(frozen=True, slots=True)
class NewProceeding:
    """What a room says to open a proceeding; the parent must be opened or locked before."""

    kind: str
    prefix: str
    region: str
    department: str
    party_id: int
    version_id: int
    state: str
    facts: dict[str, Any]
    open_children: int = 0


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _step(row: Sequence[Any]) -> StepRow:
    number, code, queue, state, turn, assignee_id, whose, opened_at = row
    return StepRow(
        number, code, queue, state, turn, assignee_id, whose, datetime.fromisoformat(opened_at)
    )


def _clock(row: Sequence[Any]) -> ClockRow:
    _, started, suspensions, stopped, pauses, extended, due_at, fires_at, level = row
    stretches = tuple(Suspension.from_data(s) for s in suspensions)
    ledger = Ledger(_moment(started), _moment(stopped), stretches, pauses, _moment(extended))
    return ClockRow(ledger, _moment(due_at), _moment(fires_at), level)


def _locked(row: list[Any]) -> Locked:
    opened, accepted, ended, steps, clocks = row[11:]
    row[11:] = (
        datetime.fromisoformat(opened),
        _moment(accepted),
        _moment(ended),
        [_step(step) for step in steps or ()],
        {clock[0]: _clock(clock) for clock in clocks or ()},
    )
    return Locked(*row)


class Act:
    """One action: lock and read, decide, write once.

    ``verb`` names the action in the journal of every proceeding that it touches unless a move
    or record names its own. Nesting is a programming error: one action, one transaction.
    """

    def __init__(
        self, *, by: Actor, now: datetime, place: str = "", is_firing: bool = False
    ) -> None:
        self.by = by
        self.now = now
        self.place = place
        self._is_firing = is_firing
        self.action_id: UUID = uuid4()
        self._atomic = transaction.atomic()
        self._is_outermost = False
        self._known: dict[int, Locked] = {}
        self._opened: list[Locked] = []
        self._moved: dict[int, Locked] = {}
        self._steps_opened: list[dict[str, Any]] = []
        self._steps_closed: list[dict[str, Any]] = []
        self._steps_changed: list[dict[str, Any]] = []
        self._clocks: dict[tuple[int, str], dict[str, Any]] = {}
        self._entries: dict[int, dict[str, Any]] = {}
        self._also: list[tuple[str, Sequence[Any]]] = []
        self._is_dropped = False
        self.entry_ids: list[int] = []

    def __enter__(self) -> Act:
        self._is_outermost = not connection.in_atomic_block
        self._atomic.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._atomic.__exit__(kind, error, trace)
            return
        try:
            self._write()
        except BaseException as failure:
            self._atomic.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self._atomic.__exit__(None, None, None)

    # Reading under lock

    def lock(self, proceeding_id: int, *, family: bool = False) -> Locked:
        """Lock and read a proceeding with its parent (and children); NotFound if there is none."""
        self.lock_all([proceeding_id], family=family)
        found = self._known.get(proceeding_id)
        if found is None:
            raise NotFound("没有找到这个办件。请核对编号后再试。")
        return found

    def lock_all(self, ids: Sequence[int], *, family: bool = False) -> None:
        """Lock several proceedings in the order that everybody uses; one statement.

        A deadline that has passed is fired first, with its own moment as `now`: a late worker
        never lets an officer act in a state that the law had ended already.
        """
        found = {row[0]: _locked(row) for row in sql.lock(ids, family=family)}
        while not self._is_firing and _fire_overdue(found.values(), self.now):
            found = {row[0]: _locked(row) for row in sql.lock(ids, family=family)}
        for proceeding_id, proceeding in found.items():
            self._known.setdefault(proceeding_id, proceeding)

    def parent_of(self, child: Locked) -> Locked | None:
        """The locked parent of a locked proceeding."""
        return self._known.get(child.parent_id) if child.parent_id else None

    def children_of(self, parent: Locked) -> list[Locked]:
        """The locked children of a locked parent, by id."""
        return sorted(
            (p for p in self._known.values() if p.parent_id == parent.id), key=lambda p: p.id
        )

    # Deciding

    def open(self, new: Sequence[NewProceeding], *, parent: Locked | None = None) -> list[Locked]:
        """Open proceedings; without ``parent`` the first one is the parent of the rest."""
        ids = sql.draw_ids(len(new))
        on = self.now.astimezone(CITY_TIME).date()
        opened = []
        for proceeding_id, one in zip(ids, new, strict=True):
            number = public_number(one.prefix, one.region[:6], on, proceeding_id)
            row = Locked(
                id=proceeding_id,
                number=number,
                kind=one.kind,
                parent_id=parent.id if parent else None,
                region=one.region,
                department=one.department,
                party_id=one.party_id,
                version_id=one.version_id,
                state=one.state,
                facts=one.facts,
                open_children=one.open_children,
                opened_at=self.now,
                accepted_at=None,
                ended_at=None,
                is_new=True,
            )
            parent = parent or row
            self._known[row.id] = row
            self._opened.append(row)
            opened.append(row)
        return opened

    def begin(
        self,
        proceeding: Locked,
        verb: str,
        *,
        body: Mapping[str, Any] | None = None,
        public: bool = True,
    ) -> None:
        """Tell the first entry of a proceeding that this action opened; its clocks may start."""
        self._tick(proceeding, Mark(self.now, verb))
        self.record(proceeding, verb, body=body, public=public)

    def move(
        self,
        proceeding: Locked,
        verb: str,
        *,
        effective_at: datetime | None = None,
        body: Mapping[str, Any] | None = None,
        holds: StepRow | None = None,
        **entry: Any,
    ) -> None:
        """Move along the machine's table, tick the clocks, append the entry.

        ``effective_at`` is the moment that clocks start from where the law looks back (deemed
        acceptance counts from receipt, 行政许可法 32(4)). Raises MoveNotAllowed with what is
        possible, NotAllowed if the table names somebody else. ``holds`` is an open step that the
        actor works on: where it lies with another department, its role speaks for that one.
        """
        machine = proceeding.law.machine
        try:
            move = machine.move(proceeding.state, verb)
        except MoveNotAllowed:
            raise rules.why_not_move(self.by, proceeding, machine, verb) from None
        lent = holds is not None and rules.may_take(self.by, proceeding, holds)
        if lent and holds is not None and holds.queue.rpartition(".")[2] in move.roles:
            pass
        elif not self._moves_with_family(proceeding, move.roles):
            rules.require(self.by, proceeding, *move.roles)
        told = {"from": proceeding.state, "to": str(move.target), **(body or {})}
        if effective_at is not None:
            told["effective_at"] = effective_at.isoformat()
        proceeding.state = str(move.target)
        self._tick(proceeding, Mark(self.now, verb, effective_at))
        self.record(proceeding, verb, body=told, **entry)
        if proceeding.is_ended:
            self._end(proceeding)

    def record(
        self,
        proceeding: Locked,
        verb: str,
        *,
        body: Mapping[str, Any] | None = None,
        private: Mapping[str, Any] | None = None,
        basis: str = "",
        fields: Sequence[str] = (),
        public: bool = True,
    ) -> None:
        """Append the one entry of this action for that proceeding, without moving its state."""
        if proceeding.id in self._entries:
            msg = f"a second entry for {proceeding.number} in one action: {verb}"
            raise AssertionError(msg)
        self._entries[proceeding.id] = {
            "stream": "proceeding",
            "stream_id": proceeding.id,
            "region": proceeding.region,
            "verb": verb,
            "basis": basis,
            "fields": list(fields),
            "body": {**(body or {}), **self.by.capacity_for(proceeding.party_id)},
            "private": self._seal(proceeding, private) if private else None,
            "private_subject": proceeding.party_id if private else None,
            "public": public,
        }
        if not proceeding.is_new:
            self._moved[proceeding.id] = proceeding

    def _seal(self, proceeding: Locked, private: Mapping[str, Any]) -> str:
        return seal_private(
            private,
            proceeding.party_id,
            stream="proceeding",
            stream_id=proceeding.id,
            action_id=self.action_id,
        )

    def has_entry(self, proceeding: Locked) -> bool:
        """Whether this action has told of the proceeding already."""
        return proceeding.id in self._entries

    def open_step(
        self,
        proceeding: Locked,
        code: str,
        *,
        role: str,
        department: str = "",
        whose: StepParty = StepParty.GOVERNMENT,
        turn: int = 0,
    ) -> None:
        """Open a step in the queue ``<department>.<role>``."""
        self._steps_opened.append(
            {
                "proceeding_id": proceeding.id,
                "code": code,
                "queue": f"{department or proceeding.department}.{role}",
                "region": proceeding.region,
                "whose": whose,
                "turn": turn,
                "assignee_id": None,
                "opened_at": self.now,
            }
        )

    def close_step(self, step: StepRow, outcome: str) -> None:
        """Close an open step with its outcome; it is kept as that of the officer who did it."""
        if self.by.kind == "staff":
            step.assignee_id = self.by.id
        self._close(step, StepState.DONE, outcome)

    def close_steps(self, proceeding: Locked, outcome: str) -> None:
        """Close every open step with one outcome."""
        for step in proceeding.steps:
            if step.is_open:
                self._close(step, StepState.DONE, outcome)

    def cancel_step(self, step: StepRow, outcome: str) -> None:
        """Cancel one open step: nobody has to work on it any more, and nobody did."""
        self._close(step, StepState.CANCELLED, outcome)

    def cancel_steps(self, proceeding: Locked, outcome: str) -> None:
        """Cancel every open step, for instance when the proceeding ends before its turn."""
        for step in proceeding.steps:
            if step.is_open:
                self.cancel_step(step, outcome)

    def let_stand_in(self, proceeding: Locked, party_id: int) -> None:
        """Let another party stand in below a proceeding for whoever asks and is hidden now.

        Also where a child has ended: whoever worked on it may look at it still.
        """
        below = "UPDATE engine_proceeding SET party_id = %s WHERE parent_id = %s"
        self.also(below, [party_id, proceeding.id])

    def assign(self, step: StepRow, account_id: int | None) -> None:
        """Give an open step to an officer, or back to the queue."""
        step.assignee_id = account_id
        self._steps_changed.append({"id": step.id, "assignee_id": account_id})

    def also(self, statement: str, params: Sequence[Any]) -> None:
        """A room's own row in the same transaction, written before the engine's."""
        self._also.append((statement, params))

    # The rest is private

    def _moves_with_family(self, proceeding: Locked, roles: tuple[str, ...]) -> bool:
        """A move marked `family` goes together with a parent's or child's in the same action."""
        return rules.FAMILY in roles and any(
            proceeding.parent_id == other or self._known[other].parent_id == proceeding.id
            for other in self._entries
        )

    def _close(self, step: StepRow, state: StepState, outcome: str) -> None:
        step.state = state
        self._steps_closed.append(
            {
                "id": step.id,
                "state": state,
                "closed_at": self.now,
                "outcome": outcome,
                "assignee_id": step.assignee_id,
            }
        )

    def _end(self, proceeding: Locked) -> None:
        proceeding.ended_at = self.now
        self.cancel_steps(proceeding, "ended")
        if proceeding.open_children and proceeding.law.on_ended_before_children is not None:
            # A parent is locked before its children, so nobody holds these and waits for us.
            self.lock_all([proceeding.id], family=True)
            proceeding.law.on_ended_before_children(self, proceeding)
        parent = self.parent_of(proceeding)
        if parent is None:
            return
        parent.open_children -= 1
        self._moved[parent.id] = parent
        if parent.law.on_child_ended is not None and not parent.is_ended:
            parent.law.on_child_ended(self, parent, proceeding)

    def _tick(self, proceeding: Locked, mark: Mark) -> None:
        changed = False
        for spec in proceeding.law.specs(proceeding):
            row = proceeding.clocks.get(spec.name)
            before = row.ledger if row else Ledger()
            ledger = advance(spec, before, mark)
            if ledger is not before:
                self.set_clock(
                    proceeding, spec, ledger, after=self._over(proceeding, spec, ledger)
                )
                changed = True
        if changed and not proceeding.is_new:
            self._moved[proceeding.id] = proceeding

    def _over(self, proceeding: Locked, spec: ClockSpec, ledger: Ledger) -> datetime | None:
        """When the same run of a clock has expired already: it does not expire a second time."""
        row = proceeding.clocks.get(spec.name)
        if row is None or row.fires_at is not None or ledger.stopped_at is not None:
            return None
        if row.ledger.started_at != ledger.started_at:
            return None
        at = due(spec, row.ledger, calendar(proceeding.region)).at
        return at if at is not None and at <= self.now else None

    def set_clock(
        self, proceeding: Locked, spec: ClockSpec, ledger: Ledger, *, after: datetime | None = None
    ) -> None:
        """Index a clock anew; firings up to and including ``after`` have happened already.

        A warning that lies behind is left out: it would tell nothing. An expiry never is.
        """
        days = calendar(proceeding.region)
        limit = due(spec, ledger, days)
        following = rules.next_firing(spec, ledger, days, after=after, now=self.now)
        fires_at, level = (following.at, following.level) if following else (None, "")
        proceeding.clocks[spec.name] = ClockRow(ledger, limit.at, fires_at, level)
        self._clocks[proceeding.id, spec.name] = {
            "proceeding_id": proceeding.id,
            "name": spec.name,
            "started_at": ledger.started_at,
            "suspensions": [s.to_data() for s in ledger.suspensions],
            "pauses": ledger.pauses,
            "extended_at": ledger.extended_at,
            "stopped_at": ledger.stopped_at,
            "due_at": limit.at,
            "not_before": limit.not_before,
            "next_fire_at": fires_at,
            "next_fire_level": level,
        }

    def _rank(self, proceeding: Locked) -> datetime:
        """By when the government must have worked: its own clocks, else those of the whole."""
        if not proceeding.clocks and (parent := self.parent_of(proceeding)) is not None:
            return self._rank(parent)
        rows = (
            proceeding.clocks.get(spec.name)
            for spec in proceeding.law.specs(proceeding)
            if spec.owner is Owner.GOVERNMENT
        )
        dues = [
            row.due_at
            for row in rows
            if row and row.due_at and row.ledger.state is ClockState.RUNNING
        ]
        return min(dues, default=NO_DEADLINE)

    def drop(self) -> None:
        """Write nothing when the block ends: the action found that there is nothing to do."""
        self._is_dropped = True

    def _write(self) -> None:
        if self._is_dropped:
            return
        if not self._entries:
            msg = "an action without a journal entry"
            raise AssertionError(msg)
        self.entry_ids = sql.write(self._also, self._change(), commit=self._is_outermost)

    def _change(self) -> dict[str, Any]:
        for step in self._steps_opened:
            step["rank_at"] = self._rank(self._known[step["proceeding_id"]])
        ticked = {key[0] for key in self._clocks}
        # A child without a clock of its own is ranked by its parent's.
        old = [
            p for p in self._known.values() if not p.is_new and ticked & {p.id, p.parent_id or 0}
        ]
        change: dict[str, Any] = {
            "action_id": self.action_id,
            "at": self.now,
            "actor_kind": self.by.kind,
            "actor_id": self.by.id,
            "place": self.place,
            "entries": list(self._entries.values()),
            "opened": [_opened_row(p) for p in self._opened],
            "moved": [_moved_row(p) for p in self._moved.values()],
            "steps_opened": self._steps_opened,
            "steps_closed": self._steps_closed,
            "steps_changed": self._steps_changed,
            "clocks": list(self._clocks.values()),
            "steps_ranked": [
                {"proceeding_id": p.id, "rank_at": self._rank(p)}
                for p in old
                if any(s.is_open for s in p.steps)
            ],
        }
        return {key: value for key, value in change.items() if value != []}


def _opened_row(p: Locked) -> dict[str, Any]:
    return {
        "id": p.id,
        "number": p.number,
        "kind": p.kind,
        "parent_id": p.parent_id,
        "region": p.region,
        "department": p.department,
        "party_id": p.party_id,
        "version_id": p.version_id,
        "opened_at": p.opened_at,
        **_moved_row(p),
    }


def _moved_row(p: Locked) -> dict[str, Any]:
    return {
        "id": p.id,
        "state": p.state,
        "facts": p.facts,
        "open_children": p.open_children,
        "accepted_at": p.accepted_at,
        "ended_at": p.ended_at,
    }


# Deadlines


def fire(proceeding_id: int, name: str, at: datetime) -> bool:
    """Fire one clock's next deadline with ``now = at``; False if it is not due then any more."""
    with Act(by=SYSTEM, now=at, is_firing=True) as act:
        proceeding = act.lock(proceeding_id)
        clock = proceeding.clocks.get(name)
        if clock is None or clock.fires_at != at:
            act.drop()
            return False
        spec = spec_of(proceeding, name)
        level = clock.level
        act.set_clock(proceeding, spec, clock.ledger, after=at)
        handler = proceeding.law.expiries.get(spec.on_expiry) if level == "expire" else None
        if handler is not None:
            handler(act, proceeding, name)
        if not act.has_entry(proceeding):
            verb = "clock_expired" if level == "expire" else "clock_warned"
            act.record(
                proceeding,
                verb,
                body={"clock": name, "owner": spec.owner},
                basis=spec.basis,
                public=level == "expire",
            )
    return True


def spec_of(proceeding: Locked, name: str) -> ClockSpec:
    return next(spec for spec in proceeding.law.specs(proceeding) if spec.name == name)


def _fire_overdue(proceedings: Iterable[Locked], now: datetime) -> bool:
    overdue = sorted(
        (clock.fires_at, proceeding.id, name)
        for proceeding in proceedings
        for name, clock in proceeding.clocks.items()
        if clock.fires_at is not None and clock.fires_at <= now
    )
    for at, proceeding_id, name in overdue:
        fire(proceeding_id, name, at)
    return bool(overdue)
