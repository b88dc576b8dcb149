"""A package after compiling: the one form, the one set of materials, the order, the clocks.

Plain frozen data that is stored as JSON with a published version. Everything that a filed
application is pinned to stands in here; what is live (calendars, names of departments, halls)
does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, TypeVar

from pydantic import PlainSerializer, PlainValidator, TypeAdapter

from tongban.kernel.clocks import ClockSpec, Unit
from tongban.kernel.conditions import Condition, parse, to_data
from tongban.kernel.refusals import NotFound

T = TypeVar("T")
Plain = bool | int | float | str | tuple[str, ...]
"""What a parameter or a typical answer may be."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text for people; Chinese is the source and what other languages fall back to."""

    zh: str
    en: str = ""
    ug: str = ""
    kk: str = ""

    def say(self, language: str = "zh") -> str:
        """Return the text in `language`, or in Chinese where that is not written yet."""
        return str(getattr(self, language, "") or self.zh)

    def __str__(self) -> str:
        return self.zh


def _words(value: Any) -> Words:
    return value if isinstance(value, Words) else Words(**value)


def _words_data(words: Words) -> dict[str, str]:
    said = {"zh": words.zh, "en": words.en, "ug": words.ug, "kk": words.kk}
    return {language: text for language, text in said.items() if text}


def _condition(value: Any) -> Condition:
    return parse(value) if isinstance(value, Mapping) else value


def _clock(value: Any) -> ClockSpec:
    return value if isinstance(value, ClockSpec) else ClockSpec.from_data(value)


Said = Annotated[Words, PlainValidator(_words), PlainSerializer(_words_data)]
When = Annotated[Condition, PlainValidator(_condition), PlainSerializer(to_data)]
Clock = Annotated[ClockSpec, PlainValidator(_clock), PlainSerializer(ClockSpec.to_data)]


@dataclass(frozen=True, slots=True)
class Evidenced:
    """A number of days, visits or years with its evidence mark and basis."""

    value: float
    unit: str
    mark: str
    basis: str = ""
    note: Said | None = None


@dataclass(frozen=True, slots=True)
class LegalArticle:
    """One article that something rests on."""

    law: str
    article: str
    text: str
    document_no: str = ""
    in_force_from: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class CompiledOption:
    """One answer of a choice."""

    code: str
    name: Said
    help: Said | None = None


@dataclass(frozen=True, slots=True)
class CompiledSource:
    """Where an answer comes from: licence, person, share, derived or typed."""

    kind: str
    licence: str = ""
    field: str = ""
    resource: str = ""
    rule: str = ""
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldUse:
    """That an item consumes a field, and when."""

    item: str
    required: bool
    when: When | None = None


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    """What an answer must agree with; `text` is said where it does not."""

    must: When
    text: Said


@dataclass(frozen=True, slots=True)
class CompiledGranted:
    """A field of a licence that somebody else lets the applicant use, in the role named."""

    role: str
    licence: str
    field: str


@dataclass(frozen=True, slots=True)
class CompiledGrant:
    """What somebody else may let the applicant use for the package."""

    role: str
    name: Said
    licence: str
    fields: tuple[str, ...]
    text: Said
    basis: str
    mark: str


@dataclass(frozen=True, slots=True)
class CompiledChild:
    """Which answers state the child that the package is about; ``parents``: name and number."""

    name: str
    sex: str
    born_on: str
    region: str
    parents: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CompiledField:
    """One field of the one form. `produced_by` names the item that brings it about itself."""

    code: str
    name: Said
    kind: str
    section: str
    source: CompiledSource
    uses: tuple[FieldUse, ...]
    unit: str = ""
    options: tuple[CompiledOption, ...] = ()
    min: float | str | None = None
    max: float | str | None = None
    max_length: int | None = None
    pattern: str = ""
    check: str = ""
    sensitive: int = 1
    help: Said | None = None
    example: str = ""
    produced_by: str = ""
    checks: tuple[CompiledCheck, ...] = ()
    granted: CompiledGranted | None = None

    @property
    def consumers(self) -> tuple[str, ...]:
        """The items that consume it."""
        return tuple(dict.fromkeys(use.item for use in self.uses))

    @property
    def required_by(self) -> tuple[str, ...]:
        """The items that cannot do without it."""
        return tuple(dict.fromkeys(use.item for use in self.uses if use.required))


@dataclass(frozen=True, slots=True)
class MaterialUse:
    """That an item needs a material, when, and how the applicant is spared from bringing it.

    `produced_by` names the item of the package whose licence replaces it.
    """

    item: str
    required: bool
    exempt: str
    mark: str
    licence: str = ""
    share: str = ""
    when: When | None = None
    copies: int = 0
    deficient_allowed: bool = False
    note: Said | None = None
    produced_by: str = ""
    granted: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether the applicant has to bring it."""
        return self.exempt == "NONE"


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """One point that a material is checked for."""

    code: str
    text: Said


@dataclass(frozen=True, slots=True)
class CompiledMaterial:
    """One document of the one set."""

    code: str
    name: Said
    type: str
    formats: tuple[str, ...]
    accept_standard: tuple[CheckPoint, ...]
    reusable: bool
    uses: tuple[MaterialUse, ...]
    blank_form: str = ""
    valid_months: int | None = None
    sensitive: int = 1
    issuer: Said | None = None
    help: Said | None = None
    statement: tuple[Said, ...] = ()
    least_pixels: int | None = None

    @property
    def needed_by(self) -> tuple[str, ...]:
        """The items that need it."""
        return tuple(dict.fromkeys(use.item for use in self.uses))


@dataclass(frozen=True, slots=True)
class CompiledStep:
    """One step of a route; its queue is `<department>.<role>`."""

    code: str
    role: str
    department: str
    name: Said
    whose: str = "government"
    when: When | None = None
    basis: str = ""
    officers: int = 1
    reports_up: bool = False
    notice_days: int = 0
    batch: tuple[str, ...] = ()

    @property
    def queue(self) -> str:
        """The queue in which the step waits."""
        return f"{self.department}.{self.role}"


@dataclass(frozen=True, slots=True)
class Dependency:
    """The item that must end first, and what its refusal does: cancel or ignore."""

    item: str
    on_refusal: str


@dataclass(frozen=True, slots=True)
class CompiledVariant:
    """Other limits and clocks for a situation of the same item."""

    when: When
    promise: Evidenced
    clocks: tuple[Clock, ...]
    legal: Evidenced | None = None
    text: Said | None = None


@dataclass(frozen=True, slots=True)
class CompiledFollows:
    """A permit that must be in force for the same project first; `when` it is needed at all."""

    licence: str
    name: Said
    when: When | None = None


@dataclass(frozen=True, slots=True)
class CompiledPhase:
    """A step of a phased permit: for which project, after which permits, in place of which."""

    project: str
    follows: tuple[CompiledFollows, ...] = ()
    closes: tuple[str, ...] = ()
    key_projects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledStarts:
    """Months in which the work must begin, months of an extension, how many extensions."""

    within: int
    extension: int
    times: int
    basis: str


@dataclass(frozen=True, slots=True)
class CompiledProcedure:
    """A special procedure that the item announces; `party` says whose time it takes."""

    code: str
    name: Said
    party: str
    max_days: Evidenced
    basis: str
    mark: str
    text: Said
    life: str = "told"
    officers: int = 1


@dataclass(frozen=True, slots=True)
class CompiledLetter:
    """The text that an applicant signs, as pinned; `regime` is DEFICIENCY, PROOF or LICENCE."""

    code: str
    version: int
    regime: str
    name: Said
    clauses: tuple[Said, ...]
    consequence: Said
    basis: str
    mark: str


@dataclass(frozen=True, slots=True)
class CompiledDeficiency:
    """How an item takes in an application that lacks a material (容缺受理, domain-03 §3.7).

    `reminders` are the working days left at which the applicant is reminded once more.
    """

    letter: CompiledLetter
    most: int
    days: Evidenced
    extension: Evidenced | None
    warn_percent: int
    reminders: tuple[int, ...]
    on_lapse: str
    basis: str
    mark: str
    after_decision: bool = False


@dataclass(frozen=True, slots=True)
class CompiledCommitment:
    """That an item is decided on a letter, when, and the check that follows the decision.

    `percent` is the share of cases that are checked; `officers` go together. `otherwise` are the
    answers of the ordinary way.
    """

    letter: CompiledLetter
    check: Evidenced
    correct: Evidenced
    officers: int
    percent: float
    basis: str
    mark: str
    when: When | None = None
    otherwise: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledAutomatic:
    """When a machine may decide, and how that is explained."""

    when: When
    text: Said
    basis: str = ""


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """A condition of acceptance."""

    text: Said
    when: When | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class CompiledFeeLine:
    """One line of a charge, in yuan."""

    name: Said
    yuan: Decimal
    standard: str


@dataclass(frozen=True, slots=True)
class CompiledFee:
    """What the applicant pays, by which law, and whether online."""

    charged: bool
    lines: tuple[CompiledFeeLine, ...] = ()
    basis: str = ""
    online: bool = False
    when: str = "before_delivery"
    refundable: bool = True
    payee: Said | None = None
    mark: str = ""

    @property
    def yuan(self) -> Decimal:
        """The sum of the lines."""
        return sum((line.yuan for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class CompiledVisits:
    """How often the applicant must come in person."""

    value: int
    mark: str
    basis: str = ""
    reason: Said | None = None


@dataclass(frozen=True, slots=True)
class CompiledResult:
    """What the item ends in."""

    name: Said | None
    form: str
    sample: bool
    holder: str = "applicant"


@dataclass(frozen=True, slots=True)
class CompiledRemedies:
    """Where a refused applicant can turn; days for review, months for a lawsuit."""

    review_body: Said
    court: Said
    days: Evidenced
    suit_months: Evidenced | None = None


@dataclass(frozen=True, slots=True)
class CompiledContacts:
    """Whom to ask, to whom to complain, where and when."""

    consult: str
    complain: str
    address: Said
    hours: Said


@dataclass(frozen=True, slots=True)
class CompiledQuestionAnswer:
    """A frequent question with its answer."""

    q: Said
    a: Said


@dataclass(frozen=True, slots=True)
class Alone:
    """How an item ran alone, before the package."""

    links: int
    materials: int
    fields: int
    days: Evidenced
    visits: int


@dataclass(frozen=True, slots=True)
class CompiledSigning:
    """Who must sign a paper of an item: one person of two answers, or every line of a list.

    `name` is what the signer is called by role, `text` what the signature means, `covers` the
    answers that it stands for. Either `listed` names an answer, or `name_in` and `code_in` do.
    """

    role: str
    name: Said
    material: str
    covers: tuple[str, ...]
    text: Said
    basis: str
    mark: str
    listed: str = ""
    name_in: str = ""
    code_in: str = ""
    own_hand: bool = False
    when: When | None = None


@dataclass(frozen=True, slots=True)
class CompiledItem:
    """One item of the package, complete enough to run a case of it.

    `route` is a tuple of turns, each a tuple of steps that run together. `facts_needed` are the
    facts that its automatic decision, variants and steps look at. `applies` decides whether it
    belongs to a personal guide; None means always. Of what `is_limited` in number the earlier
    acceptance comes first (57); `safety_basis` says why who cheats is barred
    (78, 79); nobody of `decides_apart` (reviewer, chair) decides; `renews` is the licence type
    that it goes on with (50).
    """

    code: str
    name: Said
    main_name: Said
    department: str
    kind: str
    type_code: str
    catalog_code: str
    serial: str
    seq: int
    required: str
    project_type: str
    audience: tuple[str, ...]
    level: int
    internal: bool
    handled_in: str
    legal_from: str
    acceptance: str
    mark: str
    promise: Evidenced
    legal: Evidenced | None
    clocks: tuple[Clock, ...]
    route: tuple[tuple[CompiledStep, ...], ...]
    field_codes: tuple[str, ...]
    material_codes: tuple[str, ...]
    facts_needed: tuple[str, ...]
    depends_on: tuple[Dependency, ...]
    conditions: tuple[CompiledCondition, ...]
    visits: CompiledVisits
    fee: CompiledFee
    contacts: CompiledContacts
    result: CompiledResult
    remedies: CompiledRemedies
    alone: Alone
    basis: tuple[LegalArticle, ...]
    faq: tuple[CompiledQuestionAnswer, ...]
    online_depth: str
    hall: bool
    post: bool
    licence: str | None = None
    automatic: CompiledAutomatic | None = None
    applies: When | None = None
    choose_question: str | None = None
    extension: Evidenced | None = None
    variants: tuple[CompiledVariant, ...] = ()
    special_procedure: Said | None = None
    procedures: tuple[CompiledProcedure, ...] = ()
    phase: CompiledPhase | None = None
    is_limited: bool = False
    safety_basis: str = ""
    decides_apart: tuple[str, ...] = ()
    renews: str = ""
    deficiency: CompiledDeficiency | None = None
    commitment: CompiledCommitment | None = None
    proof_letter: CompiledLetter | None = None
    signers: tuple[CompiledSigning, ...] = ()

    def procedure(self, code: str) -> CompiledProcedure:
        """Return a special procedure that the item announces. Raises NotFound."""
        return _found({one.code: one for one in self.procedures}, code, "特别程序")

    def task_code(self, uscc: str) -> str:
        """The 31 characters of 实施编码 for the department's credit code."""
        return f"{uscc}{self.level}{self.catalog_code}"


@dataclass(frozen=True, slots=True)
class CompiledQuestion:
    """A question of the situation guide; its answer is the fact that it names."""

    id: str
    text: Said
    type: str
    fact: str
    advice: Said
    may_ask: bool
    help: Said | None = None
    unit: str = ""
    min: float | None = None
    max: float | None = None
    options: tuple[CompiledOption, ...] = ()
    show_if: When | None = None
    known_from: CompiledSource | None = None


@dataclass(frozen=True, slots=True)
class CompiledFace:
    """One field on a licence: of the form where `element` is given, else derived by `rule`."""

    field: str
    name: Said
    element: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class CompiledLicenceType:
    """A licence type as pinned; `years` is None for a licence without an end."""

    code: str
    name: Said
    type_code: str
    issuer: str
    holder: str
    years: int | None
    mark: str
    face: tuple[CompiledFace, ...]
    template: str
    number_prefix: str
    basis: str = ""
    starts: CompiledStarts | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the one form."""

    code: str
    name: Said


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """One figure before and after, never tuned."""

    before: float
    after: float

    @property
    def saved_percent(self) -> int:
        """(before - after) / before in whole percent; 0 where there was nothing before."""
        return round(100 * (self.before - self.after) / self.before) if self.before else 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The before/after figures of domain-02 §2.1 rule 7, and the fields that must be typed."""

    links: BeforeAfter
    materials: BeforeAfter
    fields: BeforeAfter
    days: BeforeAfter
    visits: BeforeAfter
    typed_fields: int


@dataclass(frozen=True, slots=True)
class DatedParameter:
    """A parameter that the package's conditions name, with its values from day to day."""

    name: str
    values: tuple[tuple[date, Plain], ...]


@dataclass(frozen=True)
class CompiledPackage:
    """A one-thing package, compiled. Immutable; `item(code)` and the like look things up.

    `side_clocks` are those of what runs below a case: a hearing, a request for an opinion.
    `promised_days` is the longest path over the promised working days if every item applied;
    `figures` are those of the typical situation that the content names, or of all items.
    """

    code: str
    slug: str
    name: Said
    summary: Said
    object: Said
    life_stage: Said
    region: str
    lead_department: str
    departments: tuple[str, ...]
    everyday_words: tuple[str, ...]
    audience: tuple[str, ...]
    basis: tuple[LegalArticle, ...]
    questions: tuple[CompiledQuestion, ...]
    items: tuple[CompiledItem, ...]
    sections: tuple[Section, ...]
    fields: tuple[CompiledField, ...]
    materials: tuple[CompiledMaterial, ...]
    licence_types: tuple[CompiledLicenceType, ...]
    parameters: tuple[DatedParameter, ...]
    clocks: tuple[Clock, ...]
    minutes_per_day: int
    joint: Evidenced
    correction: Evidenced
    acceptance: Evidenced
    delivery: Evidenced
    delivery_modes: tuple[str, ...]
    delivery_text: Said
    task_force: Said
    plan: Said
    promised_days: float
    critical_path: tuple[str, ...]
    fee_yuan: Decimal
    figures: Figures
    typical: tuple[tuple[str, Plain], ...] = ()
    side_clocks: tuple[Clock, ...] = ()
    grants: tuple[CompiledGrant, ...] = ()
    child: CompiledChild | None = None

    def item(self, code: str) -> CompiledItem:
        """Return an item. Raises NotFound."""
        return _found(self._items, code, "事项")

    def field(self, code: str) -> CompiledField:
        """Return a field of the form. Raises NotFound."""
        return _found(self._fields, code, "填报项")

    def material(self, code: str) -> CompiledMaterial:
        """Return a material of the set. Raises NotFound."""
        return _found(self._materials, code, "材料")

    def question(self, id: str) -> CompiledQuestion:  # noqa: A002 -- the word of the content
        """Return a question of the guide. Raises NotFound."""
        return _found(self._questions, id, "问题")

    def licence_type(self, code: str) -> CompiledLicenceType:
        """Return a licence type that an item of the package issues. Raises NotFound."""
        return _found(self._licence_types, code, "证照类型")

    def fields_of(self, item: str) -> tuple[CompiledField, ...]:
        """Return the fields that a department sees: those that its item consumes."""
        return tuple(self._fields[code] for code in self.item(item).field_codes)

    def clocks_promising(self, days: float) -> tuple[ClockSpec, ...]:
        """Return the package's clocks with the promise of one application, in working days."""
        length, unit = length_of(days, self.minutes_per_day)
        return tuple(
            replace(spec, length=length, unit=unit) if spec.name == "promise" else spec
            for spec in self.clocks
        )

    @cached_property
    def parameters_by_name(self) -> dict[str, tuple[tuple[date, Plain], ...]]:
        """The parameters as conditions take them."""
        return {parameter.name: parameter.values for parameter in self.parameters}

    @cached_property
    def _items(self) -> dict[str, CompiledItem]:
        return {item.code: item for item in self.items}

    @cached_property
    def _fields(self) -> dict[str, CompiledField]:
        return {one.code: one for one in self.fields}

    @cached_property
    def _materials(self) -> dict[str, CompiledMaterial]:
        return {material.code: material for material in self.materials}

    @cached_property
    def _questions(self) -> dict[str, CompiledQuestion]:
        return {question.id: question for question in self.questions}

    @cached_property
    def _licence_types(self) -> dict[str, CompiledLicenceType]:
        return {licence.code: licence for licence in self.licence_types}


def length_of(days: float, minutes_per_day: int) -> tuple[int, Unit]:
    """A promise in working days as a clock counts it: a part of a day becomes working minutes."""
    if days == int(days):
        return int(days), Unit.WORKDAY
    return round(days * minutes_per_day), Unit.WORKMINUTE


def _found(known: Mapping[str, T], code: str, what: str) -> T:
    if code not in known:
        raise NotFound(f"没有代码为“{code}”的{what}。", facts={"code": code})
    return known[code]


_ADAPTER = TypeAdapter(CompiledPackage)


def to_json(compiled: CompiledPackage) -> dict[str, Any]:
    """Write a compiled package as JSON data; what equals its default is left out."""
    data: dict[str, Any] = _ADAPTER.dump_python(compiled, mode="json", exclude_defaults=True)
    return data


def from_json(data: Mapping[str, Any]) -> CompiledPackage:
    """Read what `to_json` wrote. Raises pydantic's ValidationError for anything else."""
    return _ADAPTER.validate_python(data)
