"""The one-thing compiler: from items and a package to one form, one set, one order.

Pure: the same content gives the same compiled package, whatever the order of its files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from tongban.catalogue.content import (
    City,
    ClockTemplate,
    Element,
    ElementGroup,
    Exempt,
    Item,
    LicenceType,
    Material,
    Package,
    PackageItem,
    Parameter,
    Step,
    Together,
)
from tongban.catalogue.content.city import Procedure
from tongban.catalogue.content.forms import FieldCheck
from tongban.catalogue.content.items import TYPE_CODES, MaterialUse, Phase, SignerList, Signing
from tongban.catalogue.content.packages import Child, Grant
from tongban.catalogue.content.promises import LetterForm, Promises
from tongban.catalogue.content.values import ConditionData, FromLicence
from tongban.catalogue.rules import compiled as out
from tongban.catalogue.rules import translate
from tongban.catalogue.rules.figures import Asked, figures_of
from tongban.catalogue.rules.graph import longest_path
from tongban.catalogue.rules.guide import guide
from tongban.catalogue.rules.timing import (
    clocks_for,
    lengths_of_item,
    lengths_of_package,
    minutes_of_a_working_day,
)
from tongban.catalogue.rules.translate import maybe_words, words
from tongban.kernel.clocks import ClockSpec
from tongban.kernel.conditions import (
    All,
    Condition,
    Fact,
    Leaf,
    Op,
    fields_of,
    parameters_of,
    parse,
)


@dataclass(frozen=True)
class Shelf:
    """What packages are compiled from: everything that their items may name."""

    city: City
    parameters: Mapping[str, Parameter]
    clocks: tuple[ClockTemplate, ...]
    procedures: Mapping[str, Procedure]
    promises: Promises
    groups: tuple[ElementGroup, ...]
    materials: Mapping[str, Material]
    licences: Mapping[str, LicenceType]
    items: Mapping[str, Item]

    @cached_property
    def elements(self) -> dict[str, Element]:
        """Every data element by code, in the order of the form."""
        return {element.code: element for group in self.groups for element in group.elements}

    @cached_property
    def section_of(self) -> dict[str, str]:
        """The section of each data element."""
        return {element.code: group.group for group in self.groups for element in group.elements}

    @cached_property
    def rank(self) -> dict[str, int]:
        """The place of each data element on the form."""
        return {code: place for place, code in enumerate(self.elements)}

    @cached_property
    def letters(self) -> dict[str, LetterForm]:
        """The newest version of every letter that an applicant may be asked to sign."""
        newest = sorted(self.promises.letters, key=lambda one: one.version)
        return {one.code: one for one in newest}

    @cached_property
    def minutes_per_day(self) -> int:
        """The open minutes of the city's shortest working day."""
        return minutes_of_a_working_day(self.city)


def compile_package(package: Package, shelf: Shelf) -> out.CompiledPackage:
    """Compile a package. The content must have passed the linter; KeyError where it has not."""
    compiled = _compiled(package, shelf)
    if not package.typical:
        return compiled
    facts = {name: Fact(value) for name, value in package.typical.items()}
    newest = max((day for p in compiled.parameters for day, _ in p.values), default=date.min)
    return replace(compiled, figures=guide(compiled, facts, newest).figures)


def _compiled(package: Package, shelf: Shelf) -> out.CompiledPackage:
    work = _Work(package, shelf)
    items = tuple(_item(work, place) for place in work.places)
    fields = _fields(work)
    materials = _materials(work)
    days, path = longest_path(
        {item.code: [edge.item for edge in item.depends_on] for item in items},
        {item.code: item.promise.value for item in items},
    )
    limits = package.limits
    issued = dict.fromkeys(item.licence for item in items if item.licence)
    return out.CompiledPackage(
        code=package.code,
        slug=package.slug,
        name=words(package.name),
        summary=words(package.summary),
        object=words(package.object),
        life_stage=words(package.life_stage),
        region=package.region,
        lead_department=package.lead_department,
        departments=_departments(package, items),
        everyday_words=package.everyday_words,
        audience=package.audience,
        basis=translate.articles(package.basis),
        questions=tuple(translate.question(question) for question in package.questions),
        items=items,
        sections=_sections(shelf, fields),
        fields=fields,
        materials=materials,
        licence_types=tuple(translate.licence_type(shelf.licences[code]) for code in issued),
        parameters=_parameters(shelf, work.conditions),
        clocks=clocks_for(
            shelf.clocks,
            "package",
            lengths_of_package(package, days),
            minutes_per_day=shelf.minutes_per_day,
        ),
        side_clocks=clocks_for(shelf.clocks, "side", {}, minutes_per_day=shelf.minutes_per_day),
        minutes_per_day=shelf.minutes_per_day,
        joint=translate.evidenced(limits.joint),
        correction=translate.evidenced(limits.correction),
        acceptance=translate.evidenced(limits.acceptance),
        delivery=translate.evidenced(limits.delivery),
        delivery_modes=package.delivery.modes,
        delivery_text=words(package.delivery.text),
        task_force=words(package.governance.task_force),
        plan=words(package.governance.plan),
        promised_days=days,
        critical_path=path,
        fee_yuan=sum((item.fee.yuan for item in items), Decimal(0)),
        figures=figures_of(items, {item.code for item in items}, _asked(fields, materials)),
        typical=tuple(sorted(package.typical.items())),
        grants=tuple(_grant(one) for one in package.grants),
        child=_child(package.child) if package.child else None,
    )


def dated(parameter: Parameter) -> tuple[tuple[date, out.Plain], ...]:
    """Return a parameter's values as conditions take them, the oldest first."""
    return tuple(sorted((value.since, value.value) for value in parameter.values))


class _Work:
    """One compilation: the package's items in their order, and the conditions met so far."""

    def __init__(self, package: Package, shelf: Shelf) -> None:
        self.package = package
        self.shelf = shelf
        self.places = sorted(package.items, key=lambda place: (place.seq, place.item))
        self.facts = {question.id: question.fact for question in package.questions}
        self.producers = {
            licence: place.item
            for place in reversed(self.places)
            if (licence := shelf.items[place.item].result.licence)
        }
        self.conditions: list[Condition] = []
        for question in package.questions:
            self.when(question.show_if)

    def when(self, data: ConditionData | None) -> Condition | None:
        """Read a condition and remember it for its parameters."""
        if data is None:
            return None
        condition = parse(data)
        self.conditions.append(condition)
        return condition

    def producer_of(self, element: Element) -> str:
        """Return the item whose licence brings the element about, "" where it is typed or held."""
        source = element.source
        if not isinstance(source, FromLicence) or source.licence not in self.producers:
            return ""
        face = {face.field: face for face in self.shelf.licences[source.licence].face}
        made = source.field in face and face[source.field].origin != element.code
        return self.producers[source.licence] if made else ""

    def clocks(self, item: Item, lengths: Mapping[str, Any]) -> tuple[ClockSpec, ...]:
        """Make the clocks of a case of an item."""
        return clocks_for(
            self.shelf.clocks,
            "case",
            lengths,
            minutes_per_day=self.shelf.minutes_per_day,
            legal_from=item.legal_from,
        )


def _item(work: _Work, place: PackageItem) -> out.CompiledItem:
    item = work.shelf.items[place.item]
    route = tuple(_turn(item, entry) for entry in item.route)
    automatic = _automatic(item)
    variants = tuple(_variant(work, item, index) for index in range(len(item.limits.variants)))
    conditions = tuple(
        out.CompiledCondition(words(c.text), parse(c.when) if c.when else None, c.basis)
        for c in item.conditions
    )
    asked = _conditions_of(route, automatic, variants, conditions)
    work.conditions.extend(asked)
    return out.CompiledItem(
        code=item.code,
        name=words(item.name),
        main_name=words(item.main_name),
        department=item.department,
        kind=str(item.type),
        type_code=TYPE_CODES[item.type],
        catalog_code=item.catalog_code,
        serial=item.serial,
        seq=place.seq,
        required=place.required,
        project_type=item.project_type,
        audience=item.audience,
        level=item.level,
        internal=item.internal,
        handled_in=item.handled_in,
        legal_from=item.legal_from,
        acceptance=item.acceptance,
        mark=str(place.mark),
        promise=translate.evidenced(item.limits.promise),
        legal=translate.maybe_evidenced(item.limits.legal),
        extension=translate.maybe_evidenced(item.limits.extension),
        clocks=work.clocks(item, lengths_of_item(item.limits)),
        variants=variants,
        route=route,
        field_codes=_field_codes(work, item),
        material_codes=tuple(sorted({use.material for use in item.materials})),
        facts_needed=tuple(sorted({name for c in asked for name in fields_of(c)})),
        depends_on=_dependencies(place),
        conditions=conditions,
        visits=translate.visits(item.visits),
        fee=translate.fee(item.fee),
        contacts=translate.contacts(item.contacts),
        result=translate.result(item),
        remedies=translate.remedies(item.remedies),
        alone=translate.alone(item.before),
        basis=translate.articles(item.basis),
        faq=tuple(out.CompiledQuestionAnswer(words(f.q), words(f.a)) for f in item.faq),
        online_depth=item.channels.online_depth,
        hall=item.channels.hall,
        post=item.channels.post,
        licence=item.result.licence,
        automatic=automatic,
        applies=_applies(work, place),
        choose_question=place.choose_question,
        special_procedure=maybe_words(item.special_procedure),
        is_limited=item.quantity_limit is not None,
        renews=item.renews or "",
        safety_basis=item.safety.basis if item.safety else "",
        decides_apart=item.decides_apart.of if item.decides_apart else (),
        procedures=tuple(
            translate.procedure(work.shelf.procedures[code]) for code in item.procedures
        ),
        phase=_phase(work, item),
        deficiency=_deficiency(work, item),
        commitment=_commitment(work, item),
        proof_letter=_proof_letter(work, item),
        signers=tuple(_signing(work, one) for one in item.signers),
    )


def _signing(work: _Work, one: Signing) -> out.CompiledSigning:
    return out.CompiledSigning(
        role=one.role,
        name=words(one.name),
        material=one.material,
        covers=tuple(sorted(one.covers, key=work.shelf.rank.__getitem__)),
        text=words(one.text),
        basis=one.basis,
        mark=str(one.mark),
        listed=one.who.list if isinstance(one.who, SignerList) else "",
        name_in="" if isinstance(one.who, SignerList) else one.who.name,
        code_in="" if isinstance(one.who, SignerList) else one.who.code,
        own_hand=one.own_hand,
        when=work.when(one.when),
    )


def _phase(work: _Work, item: Item) -> out.CompiledPhase | None:
    """The step of a phased permit that the item is; a condition's facts are the case's own."""
    given = item.phase
    if given is None:
        return None
    follows = tuple(
        out.CompiledFollows(
            one.licence,
            words(work.shelf.licences[one.licence].name),
            parse(one.when) if one.when else None,
        )
        for one in given.follows
    )
    return out.CompiledPhase(given.project, follows, given.closes, _key_projects(work, given))


def _key_projects(work: _Work, given: Phase) -> tuple[str, ...]:
    """The key projects as the newest value of their parameter lists them."""
    if given.key is None:
        return ()
    newest = dated(work.shelf.parameters[given.key])[-1][1]
    return tuple(str(one) for one in newest) if isinstance(newest, list | tuple) else ()


def _deficiency(work: _Work, item: Item) -> out.CompiledDeficiency | None:
    """The rules of deficient acceptance, where a material of the item may come later."""
    if not any(use.deficient_allowed for use in item.materials):
        return None
    city = work.shelf.promises.deficiency
    return translate.deficiency(city, item.deficiency, work.shelf.letters[city.letter])


def _commitment(work: _Work, item: Item) -> out.CompiledCommitment | None:
    given = item.commitment
    if given is None:
        return None
    return translate.commitment(given, work.when(given.when), work.shelf.letters[given.letter])


def _proof_letter(work: _Work, item: Item) -> out.CompiledLetter | None:
    """The letter that replaces the proofs of an item which may be committed to."""
    if not any(use.exempt is Exempt.COMMIT for use in item.materials):
        return None
    return translate.letter(work.shelf.letters[work.shelf.promises.proof_letter])


def _field_codes(work: _Work, item: Item) -> tuple[str, ...]:
    used = {use.element for use in item.fields}
    return tuple(sorted(used, key=work.shelf.rank.__getitem__))


def _dependencies(place: PackageItem) -> tuple[out.Dependency, ...]:
    edges = sorted(place.depends_on, key=lambda edge: edge.item)
    return tuple(out.Dependency(edge.item, edge.on_refusal) for edge in edges)


def _automatic(item: Item) -> out.CompiledAutomatic | None:
    if item.automatic is None:
        return None
    return out.CompiledAutomatic(
        parse(item.automatic.when), words(item.automatic.text), item.automatic.basis
    )


def _conditions_of(
    route: Iterable[Iterable[out.CompiledStep]],
    automatic: out.CompiledAutomatic | None,
    variants: Iterable[out.CompiledVariant],
    conditions: Iterable[out.CompiledCondition],
) -> list[Condition]:
    return [
        *([automatic.when] if automatic else []),
        *(variant.when for variant in variants),
        *(step.when for turn in route for step in turn if step.when),
        *(condition.when for condition in conditions if condition.when),
    ]


def _applies(work: _Work, place: PackageItem) -> Condition | None:
    """Say when an item belongs to a guide: its condition, and the choice where there is one."""
    condition = work.when(place.when)
    if place.required != "choose" or not place.choose_question:
        return condition
    chosen = Leaf(work.facts[place.choose_question], Op.EQ, value=True)
    return All((chosen, condition)) if condition else chosen


def _turn(item: Item, entry: Step | Together) -> tuple[out.CompiledStep, ...]:
    steps = entry.together if isinstance(entry, Together) else (entry,)
    return tuple(
        out.CompiledStep(
            step.step,
            step.role,
            step.department or item.department,
            words(step.name),
            step.party,
            parse(step.when) if step.when else None,
            step.basis,
            step.officers,
            step.reports_up,
            step.notice_days,
            step.batch,
        )
        for step in steps
    )


def _variant(work: _Work, item: Item, index: int) -> out.CompiledVariant:
    variant = item.limits.variants[index]
    lengths = lengths_of_item(item.limits) | {"promise": variant.promise, "legal": variant.legal}
    return out.CompiledVariant(
        parse(variant.when),
        translate.evidenced(variant.promise),
        work.clocks(item, lengths),
        translate.maybe_evidenced(variant.legal),
        maybe_words(variant.text),
    )


def _fields(work: _Work) -> tuple[out.CompiledField, ...]:
    uses: dict[str, list[out.FieldUse]] = {}
    for place in work.places:
        for use in work.shelf.items[place.item].fields:
            when = work.when(use.when)
            uses.setdefault(use.element, []).append(out.FieldUse(place.item, use.required, when))
    return tuple(
        _field(work, element, tuple(uses[code]))
        for code, element in work.shelf.elements.items()
        if code in uses
    )


def _field(work: _Work, element: Element, uses: tuple[out.FieldUse, ...]) -> out.CompiledField:
    return out.CompiledField(
        code=element.code,
        name=words(element.name),
        kind=str(element.kind),
        section=work.shelf.section_of[element.code],
        source=translate.source(element.source),
        uses=uses,
        unit=element.unit,
        options=translate.options(element.options),
        min=element.min,
        max=element.max,
        max_length=element.max_length,
        pattern=element.pattern,
        check=element.check or "",
        sensitive=element.sensitive,
        help=maybe_words(element.help),
        example=element.example,
        produced_by=work.producer_of(element),
        checks=tuple(_check(work, check) for check in element.checks),
        granted=_granted(element),
    )


def _granted(element: Element) -> out.CompiledGranted | None:
    one = element.granted
    return out.CompiledGranted(one.role, one.licence, one.field) if one else None


def _grant(one: Grant) -> out.CompiledGrant:
    return out.CompiledGrant(
        one.role,
        words(one.name),
        one.licence,
        one.fields,
        words(one.text),
        one.basis,
        str(one.mark),
    )


def _child(one: Child) -> out.CompiledChild:
    parents = tuple((parent.name, parent.id_number) for parent in one.parents)
    return out.CompiledChild(one.name, one.sex, one.born_on, one.region, parents)


def _check(work: _Work, check: FieldCheck) -> out.CompiledCheck:
    must = parse(check.must)
    work.conditions.append(must)
    return out.CompiledCheck(must, words(check.text))


def _sections(shelf: Shelf, fields: Iterable[out.CompiledField]) -> tuple[out.Section, ...]:
    used = {field.section for field in fields}
    return tuple(
        out.Section(group.group, words(group.name))
        for group in shelf.groups
        if group.group in used
    )


def _materials(work: _Work) -> tuple[out.CompiledMaterial, ...]:
    uses: dict[str, list[out.MaterialUse]] = {}
    for place in work.places:
        for use in work.shelf.items[place.item].materials:
            uses.setdefault(use.material, []).append(_material_use(work, place.item, use))
    return tuple(_material(work.shelf.materials[code], tuple(uses[code])) for code in sorted(uses))


def _material_use(work: _Work, item: str, use: MaterialUse) -> out.MaterialUse:
    producer = work.producers.get(use.licence or "", "")
    return out.MaterialUse(
        item=item,
        required=use.required,
        exempt=str(use.exempt),
        mark=str(use.mark),
        licence=use.licence or "",
        share=use.share or "",
        when=work.when(use.when),
        copies=use.copies,
        deficient_allowed=use.deficient_allowed,
        note=maybe_words(use.note),
        produced_by=producer if use.exempt is Exempt.LICENCE and producer != item else "",
        granted=use.granted or "",
    )


def _material(material: Material, uses: tuple[out.MaterialUse, ...]) -> out.CompiledMaterial:
    return out.CompiledMaterial(
        code=material.code,
        name=words(material.name),
        type=str(material.type),
        formats=material.formats,
        accept_standard=tuple(
            out.CheckPoint(point.code, words(point.text)) for point in material.accept_standard
        ),
        reusable=material.reusable,
        uses=uses,
        blank_form=material.blank_form or "",
        valid_months=material.valid_months,
        sensitive=material.sensitive,
        issuer=maybe_words(material.issuer),
        help=maybe_words(material.help),
        statement=tuple(words(point) for point in material.statement),
        least_pixels=int(material.least_pixels.value or 0) if material.least_pixels else None,
    )


def _parameters(shelf: Shelf, conditions: Iterable[Condition]) -> tuple[out.DatedParameter, ...]:
    names = sorted({name for condition in conditions for name in parameters_of(condition)})
    return tuple(out.DatedParameter(name, dated(shelf.parameters[name])) for name in names)


def _asked(
    fields: Iterable[out.CompiledField], materials: Iterable[out.CompiledMaterial]
) -> Asked:
    """Count what is asked where every item applies."""
    shown = [field for field in fields if not field.produced_by]
    brought = [material for material in materials if any(u.is_asked for u in material.uses)]
    typed = sum(field.source.kind == "typed" for field in shown)
    return Asked(len(brought), len(shown), typed)


def _departments(package: Package, items: Iterable[out.CompiledItem]) -> tuple[str, ...]:
    taken = list(items)
    owners = (item.department for item in taken)
    steps = (step.department for item in taken for turn in item.route for step in turn)
    return tuple(dict.fromkeys((package.lead_department, *owners, *steps)))
