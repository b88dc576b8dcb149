"""Machines: the few states of a life and the verbs between them, as a table that checks itself.

From one table come the server's refusals, the buttons, the diagram in the documents, the
database's check constraint, and the test that walks every pair of state and verb.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from tongban.kernel.refusals import MoveNotAllowed, worded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

S = TypeVar("S", bound=StrEnum)

_COLUMN = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")


class MachineFault(ValueError):  # noqa: N818 -- named like the faults of content
    """A machine's table contradicts itself: a fault of the program, found at import."""


@dataclass(frozen=True, slots=True)
class Move(Generic[S]):
    """One row: who (`by`, a role word or several) may do `verb` from `sources`, leading where.

    A `target` of None stays in the state it starts from (an assignment, a passed step).
    `title` is the verb in Chinese, for buttons and refusals.
    """

    verb: str
    sources: S | tuple[S, ...]
    target: S | None
    by: str | tuple[str, ...] = ()
    title: str = ""

    @property
    def source_states(self) -> tuple[S, ...]:
        return self.sources if isinstance(self.sources, tuple) else (self.sources,)

    @property
    def roles(self) -> tuple[str, ...]:
        return self.by if isinstance(self.by, tuple) else (self.by,)

    def from_state(self, state: S) -> Move[S]:
        """The same row seen from one of its states: one source, and the target spelt out."""
        target = state if self.target is None else self.target
        return Move(self.verb, (state,), target, self.roles, self.title)


@dataclass(frozen=True)
class Machine(Generic[S]):
    """A life as a table. Raises MachineFault at construction when the table is wrong.

    Checked: every state is reachable from an initial one, every state that is not final has a
    way to a final one, no move leaves a final state, no (state, verb) twice, no state that
    `states` does not know. `titles` are the states in Chinese, `subject` what lives this life.
    """

    name: str
    states: type[S]
    initial: S | tuple[S, ...]
    final: frozenset[S]
    moves: tuple[Move[S], ...]
    titles: Mapping[S, str] = field(default_factory=dict)
    subject: str = "办件"
    _table: dict[tuple[S, str], Move[S]] = field(init=False, repr=False, compare=False)
    _open: dict[S, tuple[Move[S], ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise MachineFault(f"machine {self.name!r}: " + "; ".join(faults))
        rows = [(s, move.from_state(s)) for move in self.moves for s in move.source_states]
        table = {(state, move.verb): move for state, move in rows}
        opened = {s: tuple(move for state, move in rows if state == s) for s in self.states}
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "_open", opened)

    @property
    def initials(self) -> tuple[S, ...]:
        return self.initial if isinstance(self.initial, tuple) else (self.initial,)

    @property
    def verbs(self) -> tuple[str, ...]:
        """Every verb once, in the order of the table."""
        return tuple(dict.fromkeys(move.verb for move in self.moves))

    def move(self, state: S | str, verb: str) -> Move[S]:
        """The row for this verb in this state, with `target` always a state.

        Raises MoveNotAllowed, naming the verbs that are open, where there is no such row, and
        ValueError for a state that the machine does not know.
        """
        found = self._table.get((self.states(state), verb))
        if found is None:
            raise self.refusal(state, verb)
        return found

    def target(self, state: S | str, verb: str) -> S:
        """Where the verb leads from this state. Raises as `move` does."""
        target = self.move(state, verb).target
        assert target is not None  # noqa: S101 -- `from_state` has spelt it out
        return target

    def open_moves(self, state: S | str, by: str | None = None) -> tuple[Move[S], ...]:
        """What may happen now, in the order of the table; only for role `by` if given."""
        moves = self._open[self.states(state)]
        return moves if by is None else tuple(move for move in moves if by in move.roles)

    def open_verbs(self, state: S | str, by: str | None = None) -> tuple[str, ...]:
        return tuple(move.verb for move in self.open_moves(state, by))

    def is_final(self, state: S | str) -> bool:
        return self.states(state) in self.final

    def title(self, state: S | str) -> str:
        """The state in Chinese, its code where nobody named it."""
        return self.titles.get(self.states(state), str(state))

    def verb_title(self, verb: str) -> str:
        """The verb in Chinese, its code where nobody named it."""
        return next((m.title for m in self.moves if m.verb == verb and m.title), verb)

    def matrix(self) -> dict[tuple[S, str], S | None]:
        """Every pair of state and verb with the state it leads to, None where it is refused."""
        return {
            (state, verb): found.target if (found := self._table.get((state, verb))) else None
            for state in self.states
            for verb in self.verbs
        }

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        lines += [f"    [*] --> {state.value}" for state in self.initials]
        lines += [
            f"    {state.value} --> {move.target.value}: {verb}"
            for (state, verb), move in self._table.items()
            if move.target is not None
        ]
        lines += [f"    {state.value} --> [*]" for state in self.states if state in self.final]
        return "\n".join(lines) + "\n"

    def sql_check(self, column: str) -> str:
        """The body of a check constraint that lets only known states into `column`."""
        if not _COLUMN.fullmatch(column):
            raise ValueError(f"not a column name: {column!r}")
        values = ", ".join("'" + state.value.replace("'", "''") + "'" for state in self.states)
        return f"{column} in ({values})"

    def refusal(
        self, state: S | str, verb: str, opened: Sequence[Move[S]] | None = None
    ) -> MoveNotAllowed:
        """Why a verb is not open in a state, and what is: all of it, or only ``opened``."""
        if opened is None:
            opened = self.open_moves(state)
        names = tuple(worded("“{verb}”", verb=move.title or move.verb) for move in opened)
        if opened:
            template = "{subject}处于“{state}”状态，不能“{verb}”；现在可以：{open}。"
        elif self.is_final(state):
            template = "{subject}处于“{state}”状态，不能“{verb}”；已经没有可以进行的操作。"
        else:
            template = "{subject}处于“{state}”状态，不能“{verb}”；目前没有您可以进行的操作。"
        return MoveNotAllowed(
            worded(
                template,
                subject=self.subject,
                state=self.title(state),
                verb=self.verb_title(verb),
                open=names,
            ),
            facts={
                "machine": self.name,
                "state": str(state),
                "verb": verb,
                "open": [move.verb for move in opened],
            },
            instead=tuple(move.verb for move in opened),
        )


def _faults(machine: Machine[S]) -> Iterable[str]:
    unknown = _unknown_states(machine)
    if unknown:
        yield from unknown
        return
    pairs = Counter((s, move.verb) for move in machine.moves for s in move.source_states)
    for (state, verb), count in pairs.items():
        if count > 1:
            yield f"({state.value}, {verb}) is there {count} times"
        if state in machine.final:
            yield f"{verb} leaves the final state {state.value}"
    edges = {(s, m.from_state(s).target) for m in machine.moves for s in m.source_states}
    ahead = _closure(machine.initials, edges)
    for state in machine.states:
        if state not in ahead:
            yield f"{state.value} is unreachable"
    to_an_end = _closure(machine.final, {(target, source) for source, target in edges})
    for state in machine.states:
        if state not in to_an_end:
            yield f"{state.value} is a dead end: no way to a final state"


def _unknown_states(machine: Machine[S]) -> list[str]:
    named: list[object] = [*machine.initials, *machine.final, *machine.titles]
    for move in machine.moves:
        named += [*move.source_states, *(() if move.target is None else (move.target,))]
        if not move.source_states:
            return [f"{move.verb} starts from no state"]
    faults = [f"unknown state {s!r}" for s in named if not isinstance(s, machine.states)]
    if not machine.initials:
        faults.append("no initial state")
    if not machine.final:
        faults.append("no final state")
    return faults


def _closure(start: Iterable[object], edges: Collection[tuple[object, object]]) -> set[object]:
    """Everything that the edges lead to from the start, the start included."""
    reached = set(start)
    while more := {target for source, target in edges if source in reached} - reached:
        reached |= more
    return reached
