"""What the templates of the hall get: a frozen dataclass for each page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.safestring import SafeString

    from tongban.doors.parts import (
        Fact,
        FactGroup,
        Field,
        File,
        Later,
        Notice,
        Option,
        Problem,
        Reuse,
        Section,
        Step,
        Tag,
    )


@dataclass(frozen=True, slots=True)
class Key:
    """A key and what it does on this page."""

    text: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Who stands at the window, for whom, since when (machine time in milliseconds)."""

    name: str
    id_number: str
    since: int
    party: str = ""
    package: str = ""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDraft:
    """A draft of this window that can be gone on with."""

    name: str
    package: str
    href: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage:
    """The next applicant: a card, a scan, or typing."""

    fields: tuple[Field, ...]
    waiting: tuple[WaitingDraft, ...]
    keys: tuple[Key, ...]
    problems: tuple[Problem, ...] = ()
    walk: Walk | None = None
    has_screen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingPage:
    """For whom, and what: chosen with the number keys."""

    walk: Walk
    parties: tuple[Option, ...]
    things: tuple[Option, ...]
    keys: tuple[Key, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage:
    """The questions of the situation."""

    walk: Walk
    fields: tuple[Field, ...]
    keys: tuple[Key, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """The one form: only what the city does not know is asked."""

    walk: Walk
    action: str
    revision: int
    sections: tuple[Section, ...]
    known: int
    total: int
    lists: tuple[str, ...]
    keys: tuple[Key, ...]
    back: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One material at the window: its key, what was filed for it, whether it is still missing.

    ``has_letter`` says that the applicant's letter stands for it unless the proof is filed.
    """

    number: int
    code: str
    name: str
    required: bool
    note: str
    standards: tuple[str, ...]
    files: tuple[File, ...]
    unchecked: tuple[str, ...]
    pictures: tuple[int, ...]
    later: Later | None = None
    is_owed: bool = False
    has_letter: bool = False
    reuse: tuple[Reuse, ...] = ()
    error: str = ""

    @property
    def key(self) -> str:
        """The id of the row."""
        return f"m-{self.code}"

    @property
    def is_missing(self) -> bool:
        """Whether it must still be filed."""
        return self.required and not self.files and not self.is_owed


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialsPage:
    """The one set: captured, split, turned, filed by number."""

    walk: Walk
    here: str
    sheets: tuple[Sheet, ...]
    spared: tuple[Fact, ...]
    accept: str
    keys: tuple[Key, ...]
    onward: str
    back: str
    readable: bool
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the applicant confirms: on the second screen, on paper, and for the clerk."""

    package: str
    applicant: str
    person: str
    items: tuple[tuple[str, str], ...]
    groups: tuple[FactGroup, ...]
    files: tuple[Fact, ...]
    statements: tuple[Fact, ...]
    short_hash: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage:
    """The last look before filing: what is wrong, what was confirmed, what is still needed."""

    walk: Walk
    here: str
    seen: Seen
    key: str
    state: str
    state_words: str
    is_ready: bool
    may_file: bool
    has_screen: bool
    human: bool
    keys: tuple[Key, ...]
    back: str
    can_ask: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintPage:
    """The printout that the applicant signs."""

    seen: Seen
    number: str
    qr: SafeString
    at: datetime
    clerk: str
    back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage:
    """The printed receipt: number, items, what happens next, and the link as a QR code."""

    number: str
    package: str
    applicant: str
    person: str
    at: datetime
    counter: str
    clerk: str
    seconds: int
    items: tuple[tuple[str, str], ...]
    next_lines: tuple[str, ...]
    address: str
    qr: SafeString | str
    keys: tuple[Key, ...]
    desk: str
    rate_qr: SafeString | str = ""
    walk: Walk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPage:
    """The code of the second screen, shown once."""

    code: str
    address: str
    qr: SafeString | str
    keys: tuple[Key, ...]
    walk: Walk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenPage:
    """The screen that faces the applicant."""

    code: str
    language: str
    languages: tuple[tuple[str, str, bool], ...]
    direction: str
    seen: Seen | None
    clerk: str = ""
    is_answered: bool = False
    agreed: bool = False
    error: str = ""
    paired: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingResult:
    """An application whose results wait to be handed over."""

    number: str
    package: str
    applicant: str
    href: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesPage:
    """The delivery desk: find by number, QR code or card."""

    field: Field
    found: tuple[WaitingResult, ...]
    waiting: tuple[WaitingResult, ...]
    keys: tuple[Key, ...]
    problems: tuple[Problem, ...] = ()
    searched: bool = False
    walk: Walk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPage:
    """One application's results: hand them over, post them, follow the post."""

    number: str
    here: str
    package: str
    applicant: str
    state: str
    items: tuple[tuple[str, str], ...]
    is_open: bool
    consignment: Fact | None
    in_post: bool
    name: Field
    id_number: Field
    carrier: Field
    tracking: Field
    keys: tuple[Key, ...]
    at: datetime
    clerk: str
    problems: tuple[Problem, ...] = ()
    walk: Walk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstantLine:
    """A case that this window may decide."""

    number: str
    item: str
    department: str
    applicant: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstantsPage:
    """What this window may decide at once in the name of departments."""

    lines: tuple[InstantLine, ...]
    keys: tuple[Key, ...]
    walk: Walk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstantPage:
    """One of them: its answers, the authority, the one verb."""

    line: InstantLine
    basis: str
    answers: tuple[Fact, ...]
    action: str
    keys: tuple[Key, ...]
    problems: tuple[Problem, ...] = ()
    walk: Walk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TabletPage:
    """The device on which people rate; ``refresh`` is when it looks for the next visit.

    ``forgets`` is after how many seconds without a touch it forgets what was typed.
    """

    code: str
    name: str
    what: str = ""
    token: str = ""
    opened: str = ""
    fields: tuple[Field, ...] = ()
    find: tuple[Field, ...] = ()
    error: str = ""
    refresh: int = 0
    forgets: int = 0
    is_kiosk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """One department on the board of the hall."""

    place: str
    name: str
    rate: str
    participation: str
    total: str
    is_few: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """The board of a month on the screen of a hall."""

    title: str
    month: str
    rate: str
    participation: str
    total: str
    lines: tuple[BoardLine, ...]
    next: str
    pages: str
    note: str
    refresh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianLine:
    """One guardianship of the child; ``end`` names it in the button that ends it."""

    name: str
    kind: str
    days: str
    evidence: str
    note: str
    state: Tag
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPage:
    """Who guards a child; the fields find it, record a guardian and end a guardianship."""

    find: tuple[Field, ...]
    name: str
    facts: tuple[Fact, ...]
    guardians: tuple[GuardianLine, ...]
    new: tuple[Field, ...]
    end: tuple[Field, ...]
    problems: tuple[Problem, ...] = ()
    notice: Notice | None = None
    keys: tuple[Key, ...] = ()
    walk: Walk | None = None
