"""What each citizen page shows: one frozen dataclass for each template in web/templates/citizen.

Texts are already in the reader's language; nothing here reads a table. `views` fill these from
the rooms' queries, `tests/web` fills them with samples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tongban.doors.parts import (
    Clock,
    Empty,
    Entry,
    Evidence,
    Fact,
    FactGroup,
    Field,
    Figure,
    File,
    Link,
    Material,
    Notice,
    Pager,
    Parcel,
    Plan,
    Problem,
    Section,
    Step,
    Table,
    Tag,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from tongban.doors.citizen.helpful import Helpful

# ---- finding -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A package as it stands in a list; ``highlights`` are short computed figures."""

    name: str
    summary: str
    href: str
    audience: str = ""
    highlights: tuple[tuple[str, str], ...] = ()
    departments: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of the search."""

    title: str
    text: str
    href: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The first page. ``hits`` is None before anything was looked for."""

    query: str = ""
    hits: tuple[Hit, ...] | None = None
    things: tuple[Thing, ...] = ()
    drafts: tuple[Link, ...] = ()


# ---- one package -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One item of a package; ``when`` says for whom it is, empty for everybody."""

    name: str
    department: str
    result: str = ""
    when: str = ""
    legal: str = ""
    legal_evidence: Evidence | None = None
    promise: str = ""
    promise_evidence: Evidence | None = None
    charge: str = ""
    visits: str = ""
    basis: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    contacts: tuple[Fact, ...] = ()
    internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePage:
    """The general guide of one package, for anybody."""

    name: str
    summary: str
    object: str
    lead: str
    ask: Link
    figures: tuple[Figure, ...]
    plan: Plan
    items: tuple[ItemLine, ...]
    materials: tuple[Material, ...]
    exempt: tuple[Material, ...] = ()
    facts: tuple[Fact, ...] = ()
    faq: tuple[tuple[str, str], ...] = ()
    basis: tuple[str, ...] = ()
    version: str = ""
    version_from: date | None = None
    draft: Link | None = None
    early: Link | None = None
    helpful: Helpful | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One situation question; ``needs`` is "name=value|value;…" of those it depends on."""

    field: Field
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """One of those for whom this person may apply."""

    name: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage:
    """All situation questions on one page, known answers filled in with their source.

    ``more`` are those that the answers on this very page have just revealed.
    """

    name: str
    steps: tuple[Step, ...]
    questions: tuple[Question, ...]
    action: str
    back: Link
    more: tuple[Question, ...] = ()
    applicants: tuple[Applicant, ...] = ()
    known: int = 0
    problems: tuple[Problem, ...] = ()
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An item with the reason why it is on or off the personal list."""

    name: str
    department: str
    reason: str
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidePage:
    """The personal guide: what this person needs, and why; made to be printed and taken along."""

    name: str
    steps: tuple[Step, ...]
    made_at: datetime
    needed: tuple[Choice, ...]
    not_needed: tuple[Choice, ...]
    answers: tuple[Fact, ...]
    figures: tuple[Figure, ...]
    plan: Plan
    to_give: tuple[Material, ...]
    exempt: tuple[Material, ...]
    start: Link
    change: Link
    open_questions: tuple[Fact, ...] = ()
    fields_known: int = 0
    fields_total: int = 0
    charge: str = ""
    promise: date | None = None
    promise_note: str = ""
    where: tuple[Fact, ...] = ()
    qr: str = ""
    address: str = ""
    login_needed: bool = False
    is_empty: bool = False
    optional: int = 0


# ---- applying ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """The one form, filled in for ``applicant``.

    ``lists`` and ``disputed`` name fields that the post must name: an empty list posts nothing,
    and what was shown with another device's answer beside it has been chosen.
    """

    name: str
    steps: tuple[Step, ...]
    sections: tuple[Section, ...]
    action: str
    autosave: str
    revision: int
    saved: str
    back: Link
    onward: Link | None = None
    applicant: str = ""
    known: int = 0
    total: int = 0
    problems: tuple[Problem, ...] = ()
    lists: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialsPage:
    """The one set of materials: what is still to be given, what is not asked for and why."""

    name: str
    steps: tuple[Step, ...]
    to_give: tuple[Material, ...]
    exempt: tuple[Material, ...]
    action: str
    back: Link
    next: Link
    barred: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    optional: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage:
    """The pre-check with every problem at once, the review, and the submission.

    ``key`` makes the submission idempotent. ``passed`` are the checks that were met.
    ``consents`` are the statements that the applicant must tick.
    """

    name: str
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]
    passed: tuple[str, ...]
    review: tuple[FactGroup, ...]
    files: tuple[Material, ...]
    items: tuple[Choice, ...]
    action: str
    key: str
    back: Link
    consents: tuple[Field, ...] = ()
    signers: tuple[Signer, ...] = ()
    signers_link: Link | None = None
    next_lines: tuple[str, ...] = ()
    advice: tuple[Problem, ...] = ()
    is_ready: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One person who must sign, how far that is, and what the applicant can do about it.

    ``link`` is the way to the paper, shown while it is known here; ``key`` names the signature in
    the buttons, empty before it was asked for.
    """

    name: str
    role: str
    paper: str
    state: Tag
    note: str = ""
    key: str = ""
    link: str = ""
    qr: str = ""
    can_renew: bool = False
    can_ask_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignersPage:
    """Who must sign besides the applicant before the application can be filed."""

    name: str
    steps: tuple[Step, ...]
    signers: tuple[Signer, ...]
    action: str
    back: Link
    next: Link
    can_ask: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignPage:
    """A paper in front of somebody who was asked to sign it.

    Before sign-in only what it is about is shown. ``seen`` is the hash of what is on the page.
    """

    paper: str
    thing: str
    role: str
    state: Tag
    login: Link | None = None
    applicant: str = ""
    text: str = ""
    statement: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    basis: str = ""
    action: str = ""
    seen: str = ""
    read: Field | None = None
    reason: Field | None = None
    sealed: tuple[Fact, ...] = ()
    notice: Notice | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturesPage:
    """What waits for my signature."""

    papers: tuple[Link, ...]
    empty: Empty


# ---- my things ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application in the list of my things."""

    name: str
    number: str
    href: str
    state: Tag
    filed_at: datetime
    turn: str = ""
    note: str = ""
    due: date | datetime | None = None
    applicant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDraft:
    """A draft that can be gone on with."""

    name: str
    href: str
    saved_at: datetime
    discard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyPage:
    """My things: what waits for me first, then drafts, then everything filed."""

    name: str
    todo: tuple[Notice, ...]
    drafts: tuple[OpenDraft, ...]
    applications: tuple[Application, ...]
    empty: Empty
    pager: Pager = field(default_factory=Pager)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """One request to the hotline in a list."""

    title: str
    href: str
    number: str
    kind: str
    at: datetime
    state: Tag
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPage:
    """One application on its way, like a parcel."""

    name: str
    number: str
    filed_at: datetime
    applicant: str
    parcel: Parcel
    timeline: tuple[Entry, ...]
    state: Tag
    notices: tuple[Notice, ...] = ()
    documents: tuple[Link, ...] = ()
    copies: tuple[Link, ...] = ()
    licences: tuple[Link, ...] = ()
    facts: tuple[Fact, ...] = ()
    supply: Link | None = None
    collect: str = ""
    withdraw: Link | None = None
    share: Link | None = None
    ask_human: tuple[Link, ...] = ()
    remedies: tuple[Fact, ...] = ()
    explanation: tuple[Fact, ...] = ()
    rate: Link | None = None
    back: Link | None = None
    is_shared: bool = False
    call: Link | None = None
    asked: tuple[AskedLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPage:
    """One order: what is charged by which basis, and the built-in cashier where it is due."""

    name: str
    number: str
    state: Tag
    total: str
    lines: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    action: str
    back: Link
    note: str = ""
    can_pay: bool = False
    can_ask: bool = False
    trouble: Field | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One requirement of the correction notice, with the place to answer it."""

    number: int
    what: str
    remedy: str
    clause: str = ""
    department: str = ""
    field: Field | None = None
    material: Material | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedPage:
    """What was promised for after the acceptance, each with the place to supply it."""

    name: str
    number: str
    clock: Clock
    materials: tuple[Material, ...]
    action: str
    back: Link
    consequence: str
    items: tuple[str, ...]
    title: str
    lead: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyPage:
    """The one-time correction notice, point by point, and the reply to it."""

    name: str
    number: str
    issued_at: datetime
    issued_by: str
    clock: Clock
    corrections: tuple[Correction, ...]
    action: str
    key: str
    back: Link
    contact: tuple[Fact, ...] = ()
    consequence: str = ""
    document: Link | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentCheckPage:
    """A check of a commitment; ``report`` is the field to say what was put right."""

    name: str
    number: str
    state: Tag
    facts: tuple[Fact, ...]
    words: tuple[str, ...]
    action: str
    clock: Clock | None = None
    report: Field | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """One credit record; ``objection`` is the field to object, where that is open."""

    number: str
    name: str
    text: str
    state: Tag
    facts: tuple[Fact, ...]
    objection: Field | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditPage:
    """What is on record about a person and those for whom he acts."""

    records: tuple[CreditLine, ...]
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCreditPage:
    """The records that are published."""

    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePage:
    """Read-only links to the progress of one application.

    ``fresh`` is the link just made; it is shown once, since its token is not stored.
    """

    name: str
    number: str
    action: str
    back: Link
    open_links: int = 0
    fresh: str = ""
    qr: str = ""
    fields: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()


# ---- my other things ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message in the inbox."""

    key: str
    title: str
    text: str
    at: datetime
    is_unread: bool = False
    link: Link | None = None
    is_statutory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesPage:
    """The inbox."""

    letters: tuple[Letter, ...]
    empty: Empty
    unread: int = 0
    pager: Pager = field(default_factory=Pager)


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceCard:
    """A licence in the list."""

    name: str
    number: str
    holder: str
    issuer: str
    state: Tag
    valid: str
    href: str
    is_ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LicencesPage:
    """My licences, also those of the enterprises that I may act for."""

    licences: tuple[LicenceCard, ...]
    empty: Empty
    shops: tuple[LicenceCard, ...] = ()
    pager: Pager = field(default_factory=Pager)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPart:
    """Beginning the work that a permit allows; forms only where something can still be done."""

    sentence: str
    said: tuple[Fact, ...] = ()
    report: str = ""
    ask: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LicencePage:
    """One licence: its face, its file, its versions and who looked at it."""

    name: str
    identifier: str
    state: Tag
    state_note: str
    face: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    verify: Link
    qr: str
    uses: Table
    file: Link | None = None
    copies: tuple[Link, ...] = ()
    grant: Link | None = None
    versions: tuple[Entry, ...] = ()
    start: StartPart | None = None
    back: Link = field(default_factory=lambda: Link("", "/my/licences/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPart:
    """One permit inside a comprehensive licence; ``renew`` says until when to ask for renewal."""

    name: str
    number: str
    issuer: str
    until: str
    state: Tag
    note: str = ""
    href: str = ""
    renew: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPage:
    """What a comprehensive licence shows: to anybody, and with more of it to its holder."""

    name: str
    trade: str
    state: Tag
    tone: str
    icon: str
    sentence: str
    checked_at: datetime
    facts: tuple[Fact, ...]
    parts: tuple[ShopPart, ...]
    advice: tuple[str, ...] = ()
    report: Link | None = None
    is_holder: bool = False
    qr: str = ""
    file: Link | None = None
    others: Link | None = None
    forms: tuple[Link, ...] = ()
    versions: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """Saying something about a shop; or, later, what was said and answered."""

    shop: str
    back: Link
    fields: tuple[Field, ...] = ()
    pictures: Field | None = None
    danger: Notice | None = None
    lines: tuple[Link, ...] = ()
    problems: tuple[Problem, ...] = ()
    lost_files: bool = False
    said: tuple[Fact, ...] = ()
    state: Tag | None = None
    answer: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLine:
    """One authorisation; ``verbs`` are (value, words) of the buttons that this person has."""

    who: str
    what: str
    scope: str
    days: str
    state: Tag
    verbs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentsPage:
    """Who acts for me, for whom I act, and the form to ask somebody."""

    given: tuple[AgentLine, ...]
    received: tuple[AgentLine, ...]
    fields: tuple[Field, ...]
    empty: Empty
    problems: tuple[Problem, ...] = ()
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildCard:
    """A child whom this person guards, with what it holds."""

    name: str
    facts: tuple[Fact, ...]
    licences: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPage:
    """The children whom this person guards."""

    children: tuple[ChildCard, ...]
    empty: Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantLine:
    """A licence that somebody lets somebody else use; ``revoke`` names it in the button."""

    licence: str
    other: str
    thing: str
    fields: str
    limits: str
    state: Tag
    revoke: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsPage:
    """Whom I let use my licences, and whose I may use."""

    given: tuple[GrantLine, ...]
    received: tuple[GrantLine, ...]
    empty: Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantPage:
    """Letting somebody use a licence: for what, which fields, how often, until when."""

    licence: str
    action: str
    back: Link
    fields: tuple[Field, ...]
    notice: Notice | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMaterial:
    """A material given before, which may be reused."""

    name: str
    file: File
    given_for: str
    given_on: date | datetime | None
    valid: str
    state: Tag
    discard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """My materials: what I gave, how far it is trusted, how long it may be reused."""

    materials: tuple[StoredMaterial, ...]
    empty: Empty
    pager: Pager = field(default_factory=Pager)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """What a person may set, each group with its own form and button."""

    groups: tuple[tuple[Section, str, str], ...]
    account: tuple[Fact, ...]
    problems: tuple[Problem, ...] = ()


# ---- public ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the verification of a licence found, at an instant, in the fewest personal data."""

    headline: str
    tone: str
    icon: str
    sentence: str
    checked_at: datetime
    facts: tuple[Fact, ...] = ()
    checks: tuple[tuple[bool, str], ...] = ()
    advice: tuple[str, ...] = ()
    newer: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyPage:
    """The public verification page; ``proof`` is None before anything was looked up."""

    fields: tuple[Field, ...]
    file: Field | None = None
    proof: Proof | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """Login or registration: a short form with words beside it."""

    title: str
    lead: str
    fields: tuple[Field, ...]
    action: str
    verb: str
    other: Link | None = None
    next: str = ""
    problems: tuple[Problem, ...] = ()
    notice: Notice | None = None
    side_title: str = ""
    side: tuple[str, ...] = ()
    qr: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that may be done on a page: a button with what it asks for."""

    name: str
    title: str
    action: str
    note: str = ""
    fields: tuple[Field, ...] = ()
    grave: bool = False


@dataclass(frozen=True, slots=True)
class HearingPage:
    """A hearing for the applicant, or the page on which an interested party is heard."""

    title: str
    about: str
    number: str
    state: str
    facts: tuple[Fact, ...]
    minutes: tuple[str, ...] = ()
    clocks: tuple[Clock, ...] = ()
    acts: tuple[Act, ...] = ()
    back: Link | None = None
    refused: Notice | None = None
