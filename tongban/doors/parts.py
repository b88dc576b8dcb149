"""What the parts of a page need to know: a frozen dataclass for each of the partial templates.

Texts are already in the reader's language. A page is put together from these by a door and handed
to its template as `page`; templates never see a model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

Tone = Literal["plain", "calm", "soon", "late", "paused", "done", "unknown", "you"]
StopState = Literal["done", "now", "ahead", "stopped", "failed"]
Turn = Literal["government", "you", "third", "none", "late"]
# From here on a choice is a list that opens; fewer options stand side by side.
LONG_CHOICE = 7
FieldKind = Literal[
    "text",
    "name",
    "integer",
    "decimal",
    "money",
    "date",
    "choice",
    "multi",
    "boolean",
    "id_number",
    "uscc",
    "phone",
    "address",
    "longtext",
    "password",
    "code",
    "file",
]


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A short word about a state, with the tone in which it is said."""

    text: str
    tone: Tone = "plain"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well a value is known: S, V, VL, V2, M or A (domain.md §0.1), and where it stands."""

    mark: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a known answer comes from, for instance 营业执照 of 2026-09-18."""

    name: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    value: str
    label: str
    help: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong on a page: a sentence and the id of the place where it can be put right."""

    sentence: str
    target: str = ""
    href: str = ""

    @property
    def address(self) -> str:
        """Where the problem can be put right; empty when the page itself is the place."""
        return self.href + (f"#{self.target}" if self.target else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question with its answer so far.

    ``value`` is what was typed, valid or not. ``source`` says where a prefilled value comes from;
    ``kept`` is what ``kept_from`` says where the person changed it. ``unsure`` is the advice for
    "I don't know" and offers that answer; ``chosen_unsure`` says that it was taken. ``statement``
    is the full text, point by point, that a tick commits to. ``may_be_required`` says that another
    answer can still make the field required.
    """

    name: str
    label: str
    kind: FieldKind = "text"
    id: str = ""
    value: str = ""
    help: str = ""
    example: str = ""
    error: str = ""
    required: bool = True
    may_be_required: bool = False
    readonly: bool = False
    options: tuple[Option, ...] = ()
    source: Source | None = None
    kept: str = ""
    kept_from: str = ""
    disputed: str = ""
    consumers: tuple[str, ...] = ()
    evidence: Evidence | None = None
    unit: str = ""
    minimum: str = ""
    maximum: str = ""
    max_length: int | None = None
    autocomplete: str = ""
    accept: str = ""
    unsure: str = ""
    chosen_unsure: bool = False
    statement: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The id of the control, unique on the page."""
        return self.id or f"f-{self.name.replace('.', '-')}"

    @property
    def described_by(self) -> str:
        """The ids of help, example, source and error, for aria-describedby."""
        parts = (
            ("help", self.help or self.example),
            ("statement", self.statement),
            ("source", self.source or self.kept),
            ("disputed", self.disputed),
            ("error", self.error),
        )
        return " ".join(f"{self.key}-{name}" for name, there in parts if there)

    @property
    def is_group(self) -> bool:
        """Whether the control is a group of choices, which is named by a legend."""
        if self.kind == "choice":
            return not self.is_long_choice
        return self.kind in {"multi", "boolean"}

    @property
    def is_long_choice(self) -> bool:
        """Whether the options are too many to stand side by side."""
        return self.kind == "choice" and len(self.options) > LONG_CHOICE

    @property
    def is_wide(self) -> bool:
        """Whether the field needs a row of its own."""
        return self.kind in {"longtext", "address", "multi", "file"} or (
            self.kind in {"choice", "text"} and not self.is_long_choice
        )

    @property
    def input_type(self) -> str:
        """The type of the HTML input of a single-line answer."""
        return {"phone": "tel", "date": "date", "password": "password"}.get(self.kind, "text")

    @property
    def input_mode(self) -> str:
        """Which keyboard a phone shows."""
        return {
            "integer": "numeric",
            "decimal": "decimal",
            "money": "decimal",
            "phone": "tel",
            "code": "numeric",
        }.get(self.kind, "")

    @property
    def shape(self) -> str:
        """How wide and in which direction the control stands."""
        if self.kind in {"integer", "decimal", "money", "date", "code"}:
            return "input-short"
        if self.kind in {"id_number", "uscc"}:
            return "input-middle input-code"
        return "input-middle" if self.kind in {"name", "phone", "password"} else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of the applicant's way through the site; ``href`` where it can be gone back to.

    What is behind but not complete is ``left``: its place alone does not make it done.
    """

    label: str
    state: Literal["done", "now", "left", "ahead"]
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time limit as it stands now.

    ``headline`` says it in words (还剩 4 个工作日). ``due`` is None where the calendar of the year
    is not published; ``due_note`` then says so. ``used`` is the percentage of the budget gone,
    0 to 100, or None where nothing can be said. ``why`` are the sentences of the clock itself.
    """

    name: str
    headline: str
    tone: Tone = "calm"
    due: date | datetime | None = None
    due_note: str = ""
    used: int | None = None
    why: tuple[str, ...] = ()
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What the law allows at most, where something shorter is promised: a line that explains."""

    length: str
    due: date | datetime | None = None
    why: tuple[str, ...] = ()
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop on the way of a package or of one item."""

    label: str
    state: StopState
    at: date | datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One item of a package on its way through one department.

    ``waits_for`` names the items that must be done first. ``ended`` hides the stops that the item
    will never reach. ``specials`` tells of special procedures, whose time does not count.
    ``licence`` leads to what came out of it.
    """

    name: str
    department: str
    state: Tag
    stops: tuple[Stop, ...]
    number: str = ""
    turn: str = ""
    clocks: tuple[Clock, ...] = ()
    limits: tuple[Limit, ...] = ()
    waits_for: tuple[str, ...] = ()
    note: str = ""
    specials: tuple[str, ...] = ()
    ended: bool = False
    licence: Link | None = None
    actions: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """The whole way of an application: whose turn it is, what is left, what comes next."""

    turn: Turn
    turn_label: str
    turn_note: str = ""
    remaining: int | None = None
    remaining_unit: str = ""
    remaining_label: str = ""
    remaining_note: str = ""
    next_name: str = ""
    next_due: date | datetime | None = None
    next_note: str = ""
    stops: tuple[Stop, ...] = ()
    lanes: tuple[Lane, ...] = ()
    clocks: tuple[Clock, ...] = ()
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a timeline; ``documents`` are the papers that came with it."""

    at: datetime
    what: str
    who: str = ""
    about: str = ""
    basis: str = ""
    note: str = ""
    tone: Tone = "plain"
    documents: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that is there. ``grade`` is the trust grade A to D with its words."""

    name: str
    href: str = ""
    size: str = ""
    kept_since: date | None = None
    grade: str = ""
    problem: str = ""
    remove_name: str = ""
    remove_value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """A copy that the person gave before and may give again by a tick."""

    value: str
    name: str
    given_on: date | None = None
    given_for: str = ""
    grade: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """A button beside a material: its name and value in the form, its words, and what follows."""

    name: str
    value: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One material of the one set.

    ``exempt`` says in words why nothing need be handed in (由电子证照调取); then nothing is asked.
    ``files`` are there already, ``reuse`` may be taken again, ``input_name`` takes an upload.
    ``later`` is a button that promises it for after the acceptance, or takes that back.
    """

    code: str
    name: str
    necessity: Tag
    state: Tag
    exempt: str = ""
    source: Source | None = None
    used_by: tuple[str, ...] = ()
    note: str = ""
    standards: tuple[str, ...] = ()
    blank_form: Link | None = None
    evidence: Evidence | None = None
    files: tuple[File, ...] = ()
    reuse: tuple[Reuse, ...] = ()
    input_name: str = ""
    accept: str = ""
    limit: str = ""
    limit_bytes: int = 0
    multiple: bool = False
    error: str = ""
    later: Later | None = None

    @property
    def key(self) -> str:
        """The id of the row, which the pre-check links to."""
        return f"m-{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One computed figure before and after, for instance materials 21 → 8.

    ``before`` and ``after`` are shown as given; ``share`` is after as a percentage of before.
    """

    label: str
    before: str
    after: str
    unit: str = ""
    share: int = 100
    evidence: Evidence | None = None

    @property
    def saved(self) -> int:
        """How much less, in percent."""
        return 100 - self.share


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBar:
    """One item on the time axis; ``start`` and ``length`` are percentages of the whole span."""

    name: str
    department: str
    start: float
    length: float
    days: str
    after: tuple[str, ...] = ()
    critical: bool = False
    when: str = ""
    href: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which item runs when: parallel bars, the critical ones marked."""

    bars: tuple[PlanBar, ...]
    total: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its value, where it comes from and where it can be changed."""

    label: str
    value: str
    source: Source | None = None
    change: Link | None = None
    is_code: bool = False
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts under one title."""

    title: str
    facts: tuple[Fact, ...]
    change: Link | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields; ``known`` are answers that need not and cannot be typed."""

    title: str
    fields: tuple[Field, ...]
    note: str = ""
    id: str = ""
    known: tuple[Fact, ...] = ()
    known_note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    label: str
    kind: Literal["text", "number", "code", "tag", "time", "clock"] = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; ``value`` is a text, a Tag, a Clock, a date or a datetime, as its column says."""

    value: str | Tag | Clock | date | datetime | None
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; ``key`` makes it addressable."""

    cells: tuple[Cell, ...]
    key: str = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    """Keyset paging: there is a first page and a next one, never a page number.

    The addresses are query strings, "?" for the first page.
    """

    first: str = ""
    next: str = ""

    def __bool__(self) -> bool:
        return bool(self.first or self.next)


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands where nothing is: a sentence, and what can be done about it."""

    title: str
    text: str = ""
    action: Link | None = None
    icon: str = "box"


MOST_STACKED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of equal rows with its empty state and pager."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: Empty
    pager: Pager = field(default_factory=Pager)

    @property
    def lines(self) -> tuple[tuple[Row, tuple[tuple[Column, Cell], ...]], ...]:
        """Each row with its cells beside their columns."""
        return tuple((row, tuple(zip(self.columns, row.cells, strict=True))) for row in self.rows)

    @property
    def stacks(self) -> bool:
        """Whether a phone shows each row as a block; many figures are compared side by side."""
        return sum(column.kind == "number" for column in self.columns) <= MOST_STACKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message at the top of a page; several reasons are ``lines``, one is the ``text``."""

    title: str
    text: str = ""
    lines: tuple[str, ...] = ()
    tone: Literal["calm", "care", "alarm"] = "calm"
    link: Link | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A refusal as a page: what happened, what to do, and a number to quote."""

    title: str
    sentence: str
    instead: tuple[str, ...] = ()
    basis: str = ""
    code: str = ""
    quote: str = ""
    problems: tuple[Problem, ...] = ()
    back: Link | None = None
    kept: bool = False
    base: str = "citizen/base.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """A page that asks once more, instead of a dialogue: what will happen and what will not.

    ``hidden`` goes with the form. ``grave`` colours the button of an act that cannot be undone.
    """

    title: str
    sentence: str
    action: str
    verb: str
    back: Link
    consequences: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    grave: bool = False
    base: str = "citizen/base.html"


@dataclass(frozen=True, slots=True)
class Language:
    """A language that the site speaks, named in itself."""

    code: str
    tag: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks at the page, as the header greets them."""

    name: str
    kind: str
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything outside `main`."""

    city: str
    ribbon: str
    ribbon_short: str
    language: str
    direction: str
    print_size: str
    languages: tuple[Language, ...]
    viewer: Viewer | None
    path: str
    place: str = ""
    # The way to the Chinese text, where the page's language is a translation that nobody who is
    # answerable for it has read.
    original: Language | None = None

    @property
    def other_print_size(self) -> str:
        return "normal" if self.print_size == "large" else "large"
