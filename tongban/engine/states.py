"""What the engine says about a step, and what a room tells it about a kind of proceeding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from tongban.kernel.clocks import ClockSpec
    from tongban.kernel.machines import Machine


class StepState(StrEnum):
    """Life of one step; a step never comes back, a repeated step is a new row."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class StepParty(StrEnum):
    """Whose time a step uses, so that segments can be told apart (domain-03 §3.3, C6)."""

    GOVERNMENT = "government"
    APPLICANT = "applicant"
    THIRD = "third"
    # The government's, in a department's own system: nobody here works on it or is given it.
    ELSEWHERE = "elsewhere"


class Named(Protocol):
    """The part of a proceeding that a kind needs in order to find its pinned clocks."""

    @property
    def version_id(self) -> int:
        """The published version that the proceeding is pinned to."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """The room's small facts."""


# Handlers run inside the transaction of the action that calls them. An expiry gets the open
# `Act`, the locked proceeding and the clock's name and makes the room's own move (for instance
# deemed acceptance); a join gets the `Act`, the locked parent and the child that has ended; an
# ending gets the `Act` and the proceeding that has ended while children of it are open.
Expiry = Callable[[Any, Any, str], None]
ChildEnded = Callable[[Any, Any, Any], None]
EndedBefore = Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of proceeding, registered by the room that owns it.

    ``specs`` answers the clocks pinned by the proceeding's version; ``expiries`` maps the
    ``on_expiry`` word of a clock to the room's handler.
    """

    name: str
    machine: Machine[Any]
    specs: Callable[[Named], tuple[ClockSpec, ...]]
    expiries: Mapping[str, Expiry] = field(default_factory=dict)
    on_child_ended: ChildEnded | None = None
    on_ended_before_children: EndedBefore | None = None


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known; registering a second kind of the same name is a programming error."""
    if kind.name in KINDS and KINDS[kind.name] != kind:
        msg = f"kind {kind.name!r} is registered already"
        raise ValueError(msg)
    KINDS[kind.name] = kind
    return kind
