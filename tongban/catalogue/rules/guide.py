"""The personal guide: what this applicant needs, why, and what is still open.

Reproducible from the answers, the day and the published version: nothing else goes in.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from tongban.catalogue.rules.compiled import (
    CompiledField,
    CompiledItem,
    CompiledMaterial,
    CompiledPackage,
    CompiledQuestion,
    CompiledSigning,
    CompiledVariant,
    FieldUse,
    Figures,
    MaterialUse,
)
from tongban.catalogue.rules.figures import Asked, figures_of, order_of
from tongban.catalogue.rules.graph import longest_path
from tongban.kernel.clocks import ClockSpec
from tongban.kernel.conditions import Condition, Fact, Line, Outcome, Verdict, evaluate

Use = TypeVar("Use", FieldUse, MaterialUse)
Facts = Mapping[str, Fact]
_ALWAYS = Verdict(Outcome.MET, (), ())


@dataclass(frozen=True, slots=True)
class ItemAdvice:
    """Whether an item applies, with a line for every reason.

    An undecided item names the `questions` that would decide it; `ask_person` says that the
    applicant has already answered one of them with "I don't know".
    """

    item: CompiledItem
    outcome: Outcome
    lines: tuple[Line, ...]
    missing: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    ask_person: bool = False


@dataclass(frozen=True, slots=True)
class GuideField:
    """A field of this applicant's form; not certain while its condition cannot be told yet.

    `may_be_required` says that it is not required yet but that an open answer can make it so.
    """

    field: CompiledField
    required: bool
    certain: bool
    needed_by: tuple[str, ...]
    may_be_required: bool


@dataclass(frozen=True, slots=True)
class GuideMaterial:
    """A material of this applicant's set, and how it is got where it is not asked for.

    `use` is the use that decides for this applicant; its note says why. `exempt` is NONE for a
    material that must be brought; `from_item` is the item of this application that brings it
    about. A licence that should replace it and that the register does not know must be brought
    as well: who is not known yet (no fact `party.licences`) is spared. `granted` is the role of
    whoever lets the applicant use his licence instead (fact `party.granted`: role:licence).
    """

    material: CompiledMaterial
    asked: bool
    required: bool
    certain: bool
    needed_by: tuple[str, ...]
    exempt: str
    licence: str
    share: str
    from_item: str
    deficient_allowed: bool
    use: MaterialUse
    granted: str = ""


@dataclass(frozen=True, slots=True)
class GuideSigning:
    """A paper of an applying item that others must sign; `certain` if every fact is known."""

    item: CompiledItem
    signing: CompiledSigning
    certain: bool


@dataclass(frozen=True, slots=True)
class PersonalGuide:
    """Everything that the applicant is told before applying.

    `items` apply, `undecided` cannot be told yet, `not_needed` do not apply; each with reasons.
    `promised_days` is the longest path over the items that apply, in working days.
    """

    items: tuple[ItemAdvice, ...]
    undecided: tuple[ItemAdvice, ...]
    not_needed: tuple[ItemAdvice, ...]
    questions: tuple[CompiledQuestion, ...]
    open_questions: tuple[str, ...]
    fields: tuple[GuideField, ...]
    produced: tuple[CompiledField, ...]
    materials: tuple[GuideMaterial, ...]
    fee_yuan: Decimal
    visits: int
    promised_days: float
    critical_path: tuple[str, ...]
    order: tuple[tuple[str, tuple[str, ...]], ...]
    departments: tuple[str, ...]
    licences: tuple[str, ...]
    figures: Figures
    signings: tuple[GuideSigning, ...] = ()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The codes of the items that apply, in the order of the package."""
        return tuple(advice.item.code for advice in self.items)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left undecided."""
        return not self.undecided

    @property
    def to_bring(self) -> tuple[GuideMaterial, ...]:
        """The materials that the applicant has to bring."""
        return tuple(one for one in self.materials if one.asked)

    @property
    def spared(self) -> tuple[GuideMaterial, ...]:
        """The materials that the applicant is spared, each with its reason."""
        return tuple(one for one in self.materials if not one.asked)


def guide(
    compiled: CompiledPackage, facts: Facts, on: date, *, unsure: Collection[str] = ()
) -> PersonalGuide:
    """Say what applies to these facts on this day.

    `unsure` are the ids of questions that were answered with "I don't know". Never raises for
    facts: what cannot be told is undecided.
    """
    asking = _Asking(compiled, facts, on, frozenset(unsure))
    advice = tuple(asking.advise(item) for item in compiled.items)
    applying = tuple(one for one in advice if one.outcome is Outcome.MET)
    chosen = frozenset(one.item.code for one in applying)
    questions = asking.questions()
    fields = tuple(asking.fields(chosen))
    materials = tuple(asking.materials(chosen))
    promises = {one.item.code: asking.promise(one.item) for one in applying}
    order = order_of(compiled.items, chosen)
    days, path = longest_path(order, promises)
    typed = sum(one.field.source.kind == "typed" for one in fields)
    asked = Asked(sum(one.asked for one in materials), len(fields), typed)
    taken = [one.item for one in applying]
    return PersonalGuide(
        items=applying,
        undecided=tuple(one for one in advice if one.outcome is Outcome.UNKNOWN),
        not_needed=tuple(one for one in advice if one.outcome is Outcome.NOT_MET),
        questions=questions,
        open_questions=tuple(q.id for q in questions if asking.is_open(q)),
        fields=fields,
        produced=tuple(
            field
            for field in compiled.fields
            if field.produced_by in chosen and not chosen.isdisjoint(field.consumers)
        ),
        materials=materials,
        fee_yuan=sum((item.fee.yuan for item in taken), Decimal(0)),
        visits=max((item.visits.value for item in taken), default=0),
        promised_days=days,
        critical_path=path,
        order=tuple((item.code, order[item.code]) for item in taken),
        departments=_departments(compiled, taken),
        licences=tuple(dict.fromkeys(item.licence for item in taken if item.licence)),
        figures=figures_of(compiled.items, chosen, asked, promises),
        signings=tuple(asking.signings(taken)),
    )


def variant_of(
    compiled: CompiledPackage, item: CompiledItem, facts: Facts, on: date
) -> CompiledVariant | None:
    """Return the first variant of an item whose situation is met; None for the plain limits."""
    asking = _Asking(compiled, facts, on, frozenset())
    met = (one for one in item.variants if asking.verdict(one.when).outcome is Outcome.MET)
    return next(met, None)


def clocks_of(
    compiled: CompiledPackage, item: CompiledItem, facts: Facts, on: date
) -> tuple[ClockSpec, ...]:
    """Return the clocks of a case of an item in this situation."""
    variant = variant_of(compiled, item, facts, on)
    return variant.clocks if variant else item.clocks


@dataclass(frozen=True, slots=True)
class _Asking:
    compiled: CompiledPackage
    facts: Facts
    on: date
    unsure: frozenset[str]

    def verdict(self, when: Condition | None) -> Verdict:
        if when is None:
            return _ALWAYS
        parameters = self.compiled.parameters_by_name
        return evaluate(when, self.facts, on=self.on, parameters=parameters)

    def advise(self, item: CompiledItem) -> ItemAdvice:
        verdict = self.verdict(item.applies)
        if verdict.outcome is not Outcome.UNKNOWN:
            return ItemAdvice(item, verdict.outcome, verdict.lines)
        deciding = [q for q in self.compiled.questions if q.fact in verdict.missing]
        return ItemAdvice(
            item,
            verdict.outcome,
            verdict.lines,
            verdict.missing,
            tuple(question.id for question in deciding),
            any(question.may_ask and question.id in self.unsure for question in deciding),
        )

    def questions(self) -> tuple[CompiledQuestion, ...]:
        return tuple(
            question
            for question in self.compiled.questions
            if self.verdict(question.show_if).outcome is Outcome.MET
        )

    def is_open(self, question: CompiledQuestion) -> bool:
        return question.fact not in self.facts and question.id not in self.unsure

    def promise(self, item: CompiledItem) -> float:
        variant = variant_of(self.compiled, item, self.facts, self.on) if item.variants else None
        return variant.promise.value if variant else item.promise.value

    def fields(self, chosen: frozenset[str]) -> list[GuideField]:
        found = []
        for field in self.compiled.fields:
            uses = [] if field.produced_by in chosen else self._live(field.uses, chosen)
            if uses:
                sure = [use for use, outcome in uses if outcome is Outcome.MET]
                needed = tuple(dict.fromkeys(use.item for use, _ in uses))
                required = any(use.required for use in sure)
                may = not required and any(use.required for use, _ in uses)
                found.append(GuideField(field, required, bool(sure), needed, may))
        return found

    def materials(self, chosen: frozenset[str]) -> list[GuideMaterial]:
        found = []
        for material in self.compiled.materials:
            uses = self._live(material.uses, chosen)
            if uses:
                found.append(_guide_material(material, uses, chosen, self.held(), self.granted()))
        return found

    def signings(self, items: list[CompiledItem]) -> list[GuideSigning]:
        judged = [
            (item, signing, self.verdict(signing.when).outcome)
            for item in items
            for signing in item.signers
        ]
        return [
            GuideSigning(item, signing, outcome is Outcome.MET)
            for item, signing, outcome in judged
            if outcome is not Outcome.NOT_MET
        ]

    def held(self) -> Collection[str] | None:
        """The types of licence that the applicant holds; None while nobody has signed in."""
        known = self.facts.get("party.licences")
        return known.value if known is not None and isinstance(known.value, list) else None

    def granted(self) -> Collection[str]:
        """What others let the applicant use, each role:licence."""
        known = self.facts.get("party.granted")
        return known.value if known is not None and isinstance(known.value, list) else ()

    def _live(self, uses: tuple[Use, ...], chosen: frozenset[str]) -> list[tuple[Use, Outcome]]:
        judged = [(use, self.verdict(use.when).outcome) for use in uses if use.item in chosen]
        return [(use, outcome) for use, outcome in judged if outcome is not Outcome.NOT_MET]


def _guide_material(
    material: CompiledMaterial,
    uses: list[tuple[MaterialUse, Outcome]],
    chosen: frozenset[str],
    held: Collection[str] | None,
    granted: Collection[str],
) -> GuideMaterial:
    sure = [use for use, outcome in uses if outcome is Outcome.MET]
    live = sure or [use for use, _ in uses]
    # Where one item must have the document itself, no other item's exemption spares the applicant.
    leading = next((use for use in live if use.is_asked), live[0])
    from_item = leading.produced_by if leading.produced_by in chosen else ""
    by_licence = leading.exempt == "LICENCE" and not from_item
    unknown = by_licence and held is not None and leading.licence not in held
    is_granted = bool(leading.granted) and f"{leading.granted}:{leading.licence}" in granted
    return GuideMaterial(
        material=material,
        asked=(leading.is_asked or unknown) and not is_granted,
        required=any(use.required for use in sure),
        certain=bool(sure),
        needed_by=tuple(dict.fromkeys(use.item for use in live)),
        exempt="LICENCE" if is_granted else leading.exempt,
        licence=leading.licence,
        share=leading.share,
        from_item=from_item,
        deficient_allowed=all(use.deficient_allowed for use in live),
        use=leading,
        granted=leading.granted if is_granted else "",
    )


def _departments(compiled: CompiledPackage, items: list[CompiledItem]) -> tuple[str, ...]:
    steps = (step.department for item in items for turn in item.route for step in turn)
    owners = (item.department for item in items)
    found = (compiled.lead_department, *owners, *steps) if items else ()
    return tuple(dict.fromkeys(found))
