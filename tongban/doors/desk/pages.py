"""What the templates of the desk get: frozen dataclasses in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from tongban.doors.maps import Map
    from tongban.doors.parts import (
        Clock,
        Empty,
        Entry,
        Fact,
        FactGroup,
        Field,
        Link,
        Notice,
        Pager,
        Problem,
        Table,
        Tag,
        Tone,
    )
    from tongban.relay.queries import Alarm


@dataclass(frozen=True, slots=True)
class Queue:
    """One line of the queue list; ``late`` says that something in it is overdue."""

    name: str
    href: str
    count: int = 0
    is_current: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class QueueGroup:
    """The queues of one department."""

    title: str
    queues: tuple[Queue, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A keyboard hint."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One way to look at a queue, with what it holds."""

    text: str
    href: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is left, in words, and the last day; ``at`` where the deadline is a moment of it."""

    tag: Tag
    day: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """What every page of the desk carries."""

    queues: tuple[QueueGroup, ...] = ()
    keys: tuple[Key, ...] = ()
    find: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the inbox: an open step and the proceeding that it belongs to.

    A hit of the search has a ``state`` and neither step nor deadline.
    """

    key: str
    href: str
    number: str
    thing: str
    party: str
    received_at: datetime
    step: str = ""
    state: Tag | None = None
    deadline: Deadline | None = None
    holder: str = ""
    is_mine: bool = False
    urged: Tag | None = None
    asked: Tag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage(DeskPage):
    """A queue with its open steps, nearest deadline first; or what a search found."""

    title: str
    lines: tuple[Line, ...]
    empty: Empty
    pager: Pager
    tabs: tuple[Tab, ...] = ()
    day: tuple[Glance, ...] = ()
    is_search: bool = False


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One case of a batch: to tick, or what came of it."""

    number: str
    party: str
    href: str
    words: str
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchGroup:
    """Cases of one item at one step in which one verb may be done together."""

    id: str
    key: str
    title: str
    button: str
    grave: bool
    note: str
    lines: tuple[BatchLine, ...]
    opinion: Field
    own_opinions: tuple[str, ...] = ()
    opinions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage(DeskPage):
    """What may be done for several cases at once, and what came of the last time."""

    groups: tuple[BatchGroup, ...]
    told: tuple[BatchLine, ...]
    most: int
    inbox: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbForm:
    """One open verb with the fields it needs; ``grave`` cannot be undone.

    ``lines`` say what exactly will be done. ``is_tried`` says that the fields hold what was typed
    for a try that was refused; ``problems`` are what was wrong with it. ``check`` is the address
    that says what is wrong with the first field while it is typed.
    """

    id: str
    title: str
    button: str
    action: str
    fields: tuple[Field, ...] = ()
    own_opinions: tuple[str, ...] = ()
    keeps: bool = False
    opinions: tuple[str, ...] = ()
    opinions_for: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    note: str = ""
    lines: tuple[str, ...] = ()
    grave: bool = False
    main: bool = False
    key: str = ""
    is_open: bool = False
    is_tried: bool = False
    has_files: bool = False
    check: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One of the things that must be seen first: whose turn, what is left, what was decided."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "plain"
    day: date | None = None


@dataclass(frozen=True, slots=True)
class DeskFile:
    """A file of a material; ``meta`` is its size and how far it may be believed."""

    name: str
    href: str
    meta: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskMaterial:
    """One material of a case, with its files or the reason why none is needed."""

    name: str
    state: Tag
    reason: str = ""
    licence: Link | None = None
    files: tuple[DeskFile, ...] = ()
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One line that the applicant must correct, and who asks for it."""

    about: str
    problem: str
    remedy: str
    state: Tag
    clause: str = ""
    item: str = ""
    who: str = ""
    at: datetime | None = None
    clear_action: str = ""
    clear_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLane:
    """One item of an application as the lead window sees it."""

    name: str
    department: str
    number: str
    state: Tag
    href: str = ""
    steps: tuple[str, ...] = ()
    note: str = ""
    clock: Clock | None = None
    requirements: str = ""
    has_requirements: bool = False
    licence: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionNotice:
    """The one-time notice as it was sent."""

    facts: tuple[Fact, ...]
    lines: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceedingPage(DeskPage):
    """What the pages of a case and of a whole application share.

    ``refused`` is what the last try was told; ``kept`` is what was typed for a verb that is not
    open any more; ``linked`` is what else was said about the same matter.
    """

    number: str
    title: str
    party: str
    state: Tag
    glances: tuple[Glance, ...]
    clocks: tuple[Clock, ...]
    facts: tuple[Fact, ...]
    verbs: tuple[VerbForm, ...]
    next: str = ""
    parent: Link | None = None
    notices: tuple[Notice, ...] = ()
    refused: Notice | None = None
    kept: tuple[Fact, ...] = ()
    idle: str = ""
    requirements: tuple[Requirement, ...] = ()
    documents: tuple[Link, ...] = ()
    history: tuple[Entry, ...] = ()
    linked: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class SideGroup:
    """What runs below a case, with the way to its own page."""

    title: str
    href: str
    state: Tag
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage(ProceedingPage):
    """One case: only what its item consumes."""

    answers: tuple[FactGroup, ...]
    materials: tuple[DeskMaterial, ...]
    segments: Table | None = None
    specials: tuple[FactGroup, ...] = ()
    sides: tuple[SideGroup, ...] = ()
    decision: tuple[Fact, ...] = ()
    backfill: tuple[Fact, ...] = ()
    explanation: tuple[str, ...] = ()
    remedies: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SidePage(ProceedingPage):
    """What runs below a case: a hearing, an interested party, a request for an opinion."""

    told: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCard:
    """What one unit does for a ticket, or an order to it: its state, its clocks, its words."""

    title: str
    state: Tag
    facts: tuple[Fact, ...]
    clocks: tuple[Clock, ...] = ()
    href: str = ""
    urged: Tag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage(ProceedingPage):
    """A request to the hotline, as the centre sees it or a unit through its own task.

    ``caller_action`` is where the contact of the caller is asked for, which is kept in the log;
    ``caller`` is what it answered. ``pictures`` are what the caller sent along; ``ring`` is where
    he is rung up, ``call`` the call that this officer has with him.
    """

    told: tuple[Fact, ...]
    pictures: tuple[Link, ...] = ()
    ring: str = ""
    call: int | None = None
    tasks: tuple[TaskCard, ...] = ()
    caller: tuple[Fact, ...] = ()
    caller_action: str = ""
    caller_note: str = ""
    related: Table | None = None
    map: Map | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsPage(DeskPage):
    """A list of tickets with its filters; ``special`` is the desk whose list it is."""

    title: str
    count: str
    fields: tuple[Field, ...]
    table: Table
    special: str = ""


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day of a row of bars, in units of the drawing."""

    x: int
    y: int
    height: int
    is_full: bool
    day: date
    n: int


@dataclass(frozen=True, slots=True)
class Days:
    """Days as bars and their ``span``; ``words`` say the same to whoever does not see them."""

    words: str
    span: str
    width: int
    bars: tuple[DayBar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HotRow:
    """One hot issue in the list."""

    number: str
    href: str
    title: str
    heat: str
    people: str
    tickets: str
    place: str
    state: Tag
    unit: str
    last_at: datetime
    days: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsPage(DeskPage):
    """The latest emergencies, and whether the reader may say that he knows."""

    alarms: tuple[Alarm, ...]
    may_acknowledge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HotsPage(DeskPage):
    """Hot issues by their heat; ``ended`` shows those that are over."""

    title: str
    tabs: tuple[Tab, ...]
    ended: bool
    fields: tuple[Field, ...]
    rows: tuple[HotRow, ...]
    empty: Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class HotPage(ProceedingPage):
    """One hot issue with its days and its requests."""

    told: tuple[Fact, ...]
    days: Days
    members: Table
    map: Map | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFiguresPage(DeskPage):
    """The figures of the hotline over a period: each with its formula, then by unit.

    ``calls`` are those of the telephone; without any, ``no_calls`` says so.
    """

    title: str
    fields: tuple[Field, ...]
    formulas: tuple[Fact, ...]
    calls: tuple[Fact, ...]
    no_calls: str
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePage(ProceedingPage):
    """A whole application: its items side by side, the one notice, the one delivery."""

    lanes: tuple[DeskLane, ...]
    notice: CorrectionNotice | None = None
    delivery: tuple[Fact, ...] = ()
    empty_requirements: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A member of staff as his head sees him: posts, what he holds, and what may be arranged."""

    name: str
    tag: Tag | None
    held: str
    facts: tuple[Fact, ...]
    verbs: tuple[VerbForm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPhrase:
    """A ready phrase that an officer keeps for himself, and for which step."""

    id: str
    where: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostsPage(DeskPage):
    """My posts and leaves; for a head also those of his department."""

    facts: tuple[Fact, ...]
    verbs: tuple[VerbForm, ...]
    phrases: tuple[OwnPhrase, ...] = ()
    colleagues: tuple[Colleague, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemCard:
    """One system outside: how the link stands, what was refused, what may be done about it."""

    id: str
    title: str
    tag: Tag
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]
    verbs: tuple[VerbForm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangePage(DeskPage):
    """Departments' own systems, and the reports to the region."""

    systems: tuple[SystemCard, ...]
    empty: Empty
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One random assignment as it was published."""

    number: str
    step: str
    officer: int
    candidates: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentsPage:
    """The public log of random assignment of one day."""

    day: date
    commitment: str
    secret: str
    draws: tuple[Draw, ...]
    json_href: str
    command: str
    empty: Empty
