"""What the pages of the operator's door show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from tongban.doors.known import Known
    from tongban.doors.maps import Map
    from tongban.doors.parts import Field, Problem, Tag


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the keyboard and what it does."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Before:
    """A ticket in a short list: who called before, or speaks of the same thing."""

    number: str
    title: str
    state: Tag
    at: datetime
    unit: str = ""
    why: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Hot:
    """A hot issue that these words sound like; one key lets the request belong to it."""

    number: str
    title: str
    state: Tag
    people: str
    since: datetime
    unit: str


@dataclass(frozen=True, slots=True)
class Danger:
    """What stops the script: what to say, and the line to hand over to."""

    name: str
    say: str
    line: str
    number: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words sound like, how sure that is and by which of them."""

    type: str
    domain: str
    path: tuple[str, ...]
    unit: str
    percent: int
    is_sure: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Live:
    """What stands beside the form while somebody speaks."""

    danger: Danger | None
    reading: Reading | None
    before: tuple[Before, ...]
    alike: tuple[Before, ...]
    known: tuple[Known, ...]
    has_caller: bool
    hot: Hot | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call in the list: one that waits, or one that this operator has."""

    id: int
    phone: str
    language: str
    danger: str
    about: str
    since: datetime
    is_held: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a transcript; ``who`` is caller, machine or operator."""

    who: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The call that this operator has: what was said before he took it.

    ``is_one`` says that what he writes goes to the ticket that the menu recorded; ``told`` is
    what became of the call when he hung up.
    """

    id: int
    danger: str
    is_ended: bool
    ticket: str
    lines: tuple[Said, ...]
    is_one: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """Calls that wait, and those that this operator has taken and not left."""

    waiting: tuple[Waiting, ...]
    mine: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class CallPage:
    """The one screen of a call."""

    key: str
    chosen: str
    text: Field
    caller: tuple[Field, ...]
    place: tuple[Field, ...]
    map: Map
    longitude: str
    latitude: str
    kind: tuple[Field, ...]
    guide: tuple[Field, ...]
    hides: bool
    answer: Field
    reason: Field
    line: Field
    live: Live
    mine: tuple[Before, ...]
    keys: tuple[Key, ...]
    board: Board
    taken: Taken | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class DonePage:
    """What the operator reads aloud at the end of a call; ``call`` is on the line still.

    ``rings`` says that the caller can be rung up from here.
    """

    number: str
    spoken: str
    title: str
    state: Tag
    unit: str
    due: date | datetime | None
    reply: str
    line: str
    href: str
    keys: tuple[Key, ...]
    call: int | None = None
    rings: bool = False
    may_confer: bool = False
