"""What the templates of the desk get: frozen dataclasses in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tongban.doors.parts import (
        Clock,
        Entry,
        Fact,
        Field,
        Lane,
        Link,
        Notice,
        Problem,
        Table,
        Tag,
    )


@dataclass(frozen=True, slots=True)
class Queue:
    """One line of the queue list."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """What every page of the desk carries."""

    queues: tuple[QueueGroup, ...] = ()
    keys: tuple[Key, ...] = ()
    find: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage(DeskPage):
    """A queue with its open steps, nearest deadline first."""

    title: str
    table: Table
    filters: tuple[Link, ...] = ()
    current_filter: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A ready phrase (常用意见)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbForm:
    """One open verb with the fields it needs; ``grave`` cannot be undone."""

    verb: str
    title: str
    action: str
    fields: tuple[Field, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    note: str = ""
    grave: bool = False
    main: bool = False
    key: str = ""
    is_open: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskMaterial:
    """One material of a case, with its files or the reason why none is needed."""

    name: str
    state: Tag
    reason: str = ""
    files: tuple[Link, ...] = ()
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One line that the applicant must correct."""

    about: str
    problem: str
    remedy: str
    clause: str = ""
    state: Tag
    clear_action: str = ""
    clear_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceedingPage(DeskPage):
    """One proceeding: a case or a whole application."""

    number: str
    title: str
    subtitle: str
    state: Tag
    kind: str
    facts: tuple[Fact, ...]
    clocks: tuple[Clock, ...]
    verbs: tuple[VerbForm, ...]
    answers: tuple[tuple[str, tuple[Fact, ...]], ...] = ()
    materials: tuple[DeskMaterial, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    lanes: tuple[Lane, ...] = ()
    timeline: tuple[Entry, ...] = ()
    segments: Table | None = None
    decision: tuple[Fact, ...] = ()
    explanation: tuple[str, ...] = ()
    remedies: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()
    documents: tuple[Link, ...] = ()
    waiting_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentsPage:
    """The public log of random assignment of one day."""

    day: str
    commitment: str
    secret: str
    table: Table
    json_href: str
    command: str
