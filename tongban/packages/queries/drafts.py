"""Drafts: what is known, what is asked, what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tongban.cases.queries.phases import permits_missing
from tongban.cases.rules.checks import committed
from tongban.catalogue.queries import PublishedPackage, package_version
from tongban.catalogue.rules import (
    CompiledPackage,
    GuideMaterial,
    PersonalGuide,
    guide,
)
from tongban.credit.queries import DEFICIENCY, LICENCE, why_barred
from tongban.forms.queries import DraftView, access_draft, real_name_facts, remembered
from tongban.forms.rules import Prefilled, Reading, prefill, read_answers
from tongban.kernel.conditions import Fact, fields_of
from tongban.kernel.hashes import hash_json
from tongban.kernel.refusals import Problem, worded
from tongban.kernel.worktime import city_date
from tongban.licences.queries import GrantView, HeldLicence, grants_to, valid_licences_of
from tongban.packages.models import DraftMaterial, DraftPromise
from tongban.packages.queries.signing import SignerLine, signing_of
from tongban.packages.rules.signing import Applicant
from tongban.people.queries import PartyView, parties_acted_for, party, wards_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from tongban.catalogue.rules.compiled import CompiledItem
    from tongban.kernel.actors import Actor

    Granted = Mapping[tuple[str, str], GrantView]


@dataclass(frozen=True, slots=True)
class GivenMaterial:
    """A file that stands beside a draft for one material."""

    draft_material_id: int
    material_id: int
    file_id: int
    file_name: str
    size: int
    given_at: datetime
    trust: str


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One material of this applicant's set: what was given, or why nothing need be.

    ``licence`` identifies the e-licence that replaces it; ``asked`` says that the applicant has
    to bring it, also where the licence that would have replaced it was not found. ``owed`` says
    that it was promised for after the acceptance, ``may_owe`` that it may be.
    """

    code: str
    spec: GuideMaterial
    asked: bool
    licence: str
    given: tuple[GivenMaterial, ...]
    may_owe: bool = False
    owed: bool = False

    @property
    def may_prove(self) -> bool:
        """Whether the proof itself may be handed in where a letter would do."""
        is_promise = self.spec.material.type == "form"
        return not self.asked and self.spec.exempt == "COMMIT" and not is_promise


@dataclass(frozen=True, slots=True)
class Outlook:
    """The one form read with what is known: the guide that follows, and what is filled in.

    The personal guide, the form and the pre-check all count here, so that no two of them tell
    the applicant different numbers.
    """

    guide: PersonalGuide
    prefilled: Mapping[str, Prefilled]
    reading: Reading

    @property
    def total(self) -> int:
        """How many fields the form has for this applicant."""
        return len(self.guide.fields)

    @property
    def known(self) -> int:
        """How many of them hold what a register or an earlier answer says."""
        codes = (one.field.code for one in self.guide.fields)
        return sum(code in self.prefilled and self.holds(code) for code in codes)

    def holds(self, code: str) -> bool:
        """Whether a field still has its prefilled value, also after a change that was undone."""
        return self.reading.sources.get(code) == self.prefilled[code].source_key


def outlook(
    compiled: CompiledPackage,
    known: Mapping[str, Fact],
    on: date,
    *,
    answered: Mapping[str, Fact],
    typed: Mapping[str, object] = MappingProxyType({}),
    remembered: Mapping[str, Fact] = MappingProxyType({}),
    unsure: Collection[str] = (),
) -> Outlook:
    """Read the form of an applicant on a day.

    ``known`` is what registers say, ``answered`` the answers to the questions, ``typed`` what is
    on the form, ``remembered`` what was typed last time, ``unsure`` the open questions.
    """
    filled = prefill(compiled.fields, known, on=on, answered=answered, remembered=remembered)
    situation = {**known, **answered}
    reading = read_answers(
        compiled.fields,
        typed,
        situation,
        on,
        prefilled=filled,
        items=guide(compiled, situation, on, unsure=unsure).chosen,
        parameters=compiled.parameters_by_name,
    )
    return Outlook(guide(compiled, reading.facts, on, unsure=unsure), filled, reading)


@dataclass(frozen=True, slots=True)
class UsedGrant:
    """A licence of somebody else that this application uses, and which of its fields."""

    grant: GrantView
    fields: tuple[str, ...]


def _used_grants(
    compiled: CompiledPackage, granted: Granted, seen: Outlook, lines: Iterable[MaterialLine]
) -> tuple[UsedGrant, ...]:
    """The grants of which an answer stands on the form, or which replace a paper."""
    spared = {(one.spec.granted, one.spec.licence) for one in lines if one.spec.granted}
    asked = {one.field.code for one in seen.guide.fields}
    used = []
    for key, grant in granted.items():
        fields = tuple(
            one.granted.field
            for one in compiled.fields
            if one.granted is not None
            and (one.granted.role, one.granted.licence) == key
            and one.code in asked
            and one.code in seen.prefilled
            and seen.holds(one.code)
            and one.granted.field in grant.fields
        )
        if fields or key in spared:
            used.append(UsedGrant(grant, fields or grant.fields))
    return tuple(used)


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """A draft seen whole: the guide, every answer with its source, the set, every problem.

    ``is_own`` says that who asks is the applicant, not somebody who acts for the applicant.
    ``committed`` are the items that are decided on a commitment letter.
    ``barred`` are sentences why nothing may be promised: broken promises on the credit record.
    """

    draft: DraftView
    published: PublishedPackage
    party_id: int
    person_id: int | None
    is_own: bool
    outlook: Outlook
    facts: Mapping[str, Fact]
    prefilled: Mapping[str, Prefilled]
    answers: Mapping[str, Any]
    sources: Mapping[str, Any]
    materials: tuple[MaterialLine, ...]
    problems: tuple[Problem, ...]
    barred: tuple[str, ...] = ()
    committed: tuple[CompiledItem, ...] = ()
    signers: tuple[SignerLine, ...] = ()
    grants: tuple[UsedGrant, ...] = ()

    @property
    def guide(self) -> PersonalGuide:
        """What applies to this applicant."""
        return self.outlook.guide

    @property
    def shown_hash(self) -> str:
        """What the applicant is shown before filing, as one hash: a change makes another hash."""
        return hash_json(
            {
                "package": self.published.hash,
                "party": self.party_id,
                "person": self.draft.person_id,
                "items": sorted(self.guide.chosen),
                "answers": self.answers,
                "materials": self.filed_materials,
            }
        ).hex()

    @property
    def filed_materials(self) -> list[dict[str, Any]]:
        """The set as it is filed with the cases."""
        lines = []
        for one in self.materials:
            line: dict[str, Any] = {"material": one.code}
            if one.given:
                line["files"] = [g.file_id for g in one.given]
            elif one.owed:
                line["owed"] = True
            elif one.asked:
                continue
            else:
                line["exempt"] = one.spec.exempt
                if one.licence:
                    line["licence"] = one.licence
            lines.append(line)
        return lines


@dataclass(frozen=True)
class Known:
    """What the city knows of an applicant: licences held, and the record of who applies.

    ``subject`` is for whom the application is, ``person`` the real-name record of who makes it.
    """

    subject: PartyView
    person: Mapping[str, Fact]
    licences: Mapping[str, HeldLicence]
    on: date
    grantees: tuple[int, ...] = ()

    def granted(self, compiled: CompiledPackage) -> Granted:
        """What others let the applicant, or whoever applies, use for this package."""
        if not compiled.grants:
            return {}
        found = grants_to(self.grantees, self.on, package=compiled.code)
        return {(one.role, one.held.type_code): one for one in found if not one.why_not}

    @property
    def own_code(self) -> str:
        """The number of whoever is signed in; empty for nobody."""
        own = self.person.get("id_number")
        return str(own.value) if own else ""

    def facts(self, compiled: CompiledPackage, granted: Granted) -> dict[str, Fact]:
        """Facts by element of the form, and those that conditions name (`party.licences`)."""
        found = {
            "party.licences": Fact(sorted(self.licences), self._register(), self.on),
            "party.kind": Fact(self.subject.kind, "实名认证", self.on),
        }
        sources = {one.code: one.source for one in compiled.fields}
        sources |= {q.fact: q.known_from for q in compiled.questions if q.known_from}
        for code, source in sources.items():
            fact = self._fact(source.kind, source.licence, source.field, source.resource)
            if fact is not None:
                found[code] = fact
        if granted:
            names = sorted(f"{role}:{licence}" for role, licence in granted)
            found["party.granted"] = Fact(names, "授权用证", self.on)
        return found | _granted_facts(compiled, granted)

    def _register(self) -> str:
        """The register of licences as a source, with the names of what is held."""
        names = "、".join(one.name for one in self.licences.values())
        return f"电子证照库（{names}）" if names else "电子证照库"

    def _fact(self, kind: str, licence: str, field: str, resource: str) -> Fact | None:
        if kind == "licence" and licence in self.licences:
            held = self.licences[licence]
            value = held.face.get(field)
            # The day that stands on the licence, not the day on which the register took it over.
            return None if value in (None, "") else Fact(value, held.name, held.issued_on)
        if kind == "person":
            own = self.person.get(field)
            return Fact(own.value, own.source, None) if own else None
        if kind == "share" and resource == "market-entity-register":
            return self._registered(field)
        return None

    def _registered(self, field: str) -> Fact | None:
        """What the register of market entities shares about the enterprise's representative."""
        if field != "legal_representative_id" or self.subject.representative_id is None:
            return None
        representative = party(self.subject.representative_id)
        return Fact(representative.code, "市场主体登记信息", None)


def _granted_facts(compiled: CompiledPackage, granted: Granted) -> dict[str, Fact]:
    """What stands on the licences that others let the applicant use, each naming its holder."""
    found = {}
    for field in compiled.fields:
        wanted = field.granted
        grant = granted.get((wanted.role, wanted.licence)) if wanted else None
        if wanted is None or grant is None or wanted.field not in grant.fields:
            continue
        value = grant.held.face.get(wanted.field)
        if value not in (None, ""):
            source = f"{grant.held.name}（{grant.held.holder_name}授权使用）"
            found[field.code] = Fact(value, source, grant.held.issued_on)
    return found


def known_of(
    compiled: CompiledPackage, party_id: int, on: date, *, person_id: int | None
) -> Known:
    """Everything that prefilling and the guide may use about a party on a day.

    ``person_id`` is the natural person who applies: whoever has signed in, or stands at a window.
    A package about a child uses what the applicant's only child holds; of several it is not known
    which one is meant. Whoever acts for the applicant and not for the child learns nothing of it.
    """
    held: dict[str, HeldLicence] = {}
    wards = wards_of(party_id, on) if compiled.child else []
    if len(wards) == 1 and _may_know(wards[0].child_id, party_id, on, person_id):
        held |= {one.type_code: one for one in valid_licences_of([wards[0].child_id], on)}
    for holder in (person_id, party_id):
        if holder is not None:
            held |= {one.type_code: one for one in valid_licences_of([holder], on)}
    person = real_name_facts(person_id, on) if person_id is not None else {}
    grantees = tuple(one for one in (party_id, person_id) if one is not None)
    return Known(party(party_id), person, held, on, grantees)


def _may_know(child_id: int, party_id: int, on: date, person_id: int | None) -> bool:
    """Whether the person who applies acts for the child too, not for its guardian alone."""
    if person_id is None or person_id == party_id:
        return True
    return child_id in parties_acted_for(person_id, on=on)


def known_facts(
    compiled: CompiledPackage, party_id: int, on: date, *, person_id: int | None
) -> dict[str, Fact]:
    """What the guide and the form know before a single question: {fact or element: Fact}."""
    known = known_of(compiled, party_id, on, person_id=person_id)
    return known.facts(compiled, known.granted(compiled))


def check_draft(actor: Actor, draft_id: UUID, now: datetime) -> DraftCheck:
    """Check a draft as a whole, on the server: every problem at once (预检)."""
    draft = access_draft(actor, draft_id)
    published = package_version(draft.version_id)
    compiled = published.compiled
    on = city_date(now)
    person_id = draft.person_id if draft.counter else actor.party_id
    known = known_of(compiled, draft.party_id, on, person_id=person_id)
    granted = known.granted(compiled)
    facts = known.facts(compiled, granted)
    seen = outlook(
        compiled,
        facts,
        on,
        answered=draft.facts,
        typed=draft.answers,
        remembered=remembered(draft.party_id),
        unsure=draft.unsure,
    )
    reading, filled = seen.reading, seen.prefilled
    barred = why_barred(draft.party_id, DEFICIENCY, on)
    materials = _materials(draft, seen.guide, known, granted, may_promise=not barred)
    signing = signing_of(
        draft_id=draft.id,
        published=published,
        personal=seen.guide,
        answers=reading.values,
        applicant=Applicant(draft.party_id, known.subject.name, compiled.code, published.hash),
        files={one.code: [given.file_id for given in one.given] for one in materials},
        own_code=known.own_code,
    )
    return DraftCheck(
        draft=draft,
        published=published,
        party_id=draft.party_id,
        person_id=person_id,
        is_own=draft.party_id == person_id,
        outlook=seen,
        facts=_with_sources(reading.facts, reading.sources, filled),
        prefilled=filled,
        answers=reading.values,
        sources=_sources(reading.sources, filled),
        materials=materials,
        problems=(
            *reading.problems,
            *_missing_materials(materials),
            *_too_many_owed(materials, compiled),
            *_barred_letters(seen.guide, reading.facts, compiled, draft.party_id, on),
            *_missing_permits(compiled, seen.guide, draft.party_id, reading.facts, on),
            *_owed_by_others(seen.guide, materials, reading.facts),
            *signing.problems,
        ),
        barred=barred,
        committed=tuple(
            one.item
            for one in seen.guide.items
            if committed(one.item, reading.facts, compiled, on)
        ),
        signers=signing.lines,
        grants=_used_grants(compiled, granted, seen, materials),
    )


def _with_sources(
    facts: Mapping[str, Fact], sources: Mapping[str, str], filled: Mapping[str, Prefilled]
) -> dict[str, Fact]:
    """The facts, each answer that came from a licence or a record naming that as its source."""
    named = {}
    for code, fact in facts.items():
        one = filled.get(code)
        kept = one is not None and sources.get(code) == one.source_key
        named[code] = (
            Fact(fact.value, one.source_label.get("zh", ""), one.as_of) if one and kept else fact
        )
    return named


def _sources(sources: Mapping[str, str], filled: Mapping[str, Prefilled]) -> dict[str, Any]:
    """Where each answer came from, as it is filed: the source's name and day."""
    found = {}
    for code, key in sources.items():
        one = filled.get(code)
        if one is not None and one.source_key == key:
            found[code] = {
                "name": dict(one.source_label),
                "as_of": one.as_of.isoformat() if one.as_of else None,
            }
    return found


def _materials(
    draft: DraftView,
    personal: PersonalGuide,
    known: Known,
    granted: Granted,
    *,
    may_promise: bool,
) -> tuple[MaterialLine, ...]:
    given: dict[str, list[GivenMaterial]] = {}
    rows = DraftMaterial.objects.filter(draft_id=draft.id).select_related("material__file")
    for row in rows.order_by("id"):
        file = row.material.file
        given.setdefault(row.material_code, []).append(
            GivenMaterial(
                row.pk,
                row.material_id,
                file.pk,
                file.name,
                file.size,
                row.material.given_at,
                row.material.trust,
            )
        )
    promised = _promised(draft, personal)
    lines = []
    for one in personal.materials:
        by_licence = one.exempt == "LICENCE" and not one.from_item
        held = known.licences.get(one.licence) if by_licence else None
        if one.granted:
            held = granted[one.granted, one.licence].held
        lines.append(
            MaterialLine(
                code=one.material.code,
                spec=one,
                asked=one.asked,
                licence=held.identifier if held else "",
                given=tuple(given.get(one.material.code, ())),
                may_owe=may_promise and _may_owe(one),
                owed=may_promise and _may_owe(one) and one.material.code in promised,
            )
        )
    return tuple(lines)


def _may_owe(one: GuideMaterial) -> bool:
    return one.asked and one.required and one.deficient_allowed


def _promised(draft: DraftView, personal: PersonalGuide) -> frozenset[str]:
    """What was promised; nothing is asked where nothing may be."""
    if not any(_may_owe(one) for one in personal.materials):
        return frozenset()
    found = DraftPromise.objects.filter(draft_id=draft.id)
    return frozenset(found.values_list("material_code", flat=True))


def _barred_letters(
    personal: PersonalGuide,
    facts: Mapping[str, Fact],
    compiled: CompiledPackage,
    party_id: int,
    on: date,
) -> list[Problem]:
    """A commitment that the applicant's credit bars: the ordinary way is open (信用前置核查)."""
    chosen = [
        one.item.commitment
        for one in personal.items
        if committed(one.item, facts, compiled, on) and one.item.commitment is not None
    ]
    why = why_barred(party_id, LICENCE, on) if chosen else ()
    return [
        Problem(field, "commitment-barred", worded("{why}请改选一般程序。", why=sentence))
        for given in chosen
        for field in (fields_of(given.when) if given.when else ())
        for sentence in why[:1]
    ]


def _too_many_owed(lines: Iterable[MaterialLine], compiled: CompiledPackage) -> list[Problem]:
    """No item takes in an application that lacks more than its rules allow."""
    owed: dict[str, list[MaterialLine]] = {}
    for line in lines:
        if line.owed and not line.given:
            for item in line.spec.needed_by:
                owed.setdefault(item, []).append(line)
    problems = {}
    for code, missing in owed.items():
        rule = compiled.item(code).deficiency
        for line in missing[rule.most if rule else 0 :]:
            most = rule.most if rule else 0
            problems[line.code] = Problem(
                f"material:{line.code}",
                "too-many-owed",
                worded(
                    "“{item}”最多容缺 {most} 份材料，请现在提交其中一份。",
                    item=compiled.item(code).name,
                    most=most,
                ),
            )
    return list(problems.values())


def _missing_permits(
    compiled: CompiledPackage,
    personal: PersonalGuide,
    party_id: int,
    facts: Mapping[str, Fact],
    on: date,
) -> list[Problem]:
    """A step of a phased permit is applied for once the steps before it are granted."""
    return [
        Problem(
            item.phase.project,
            "earlier-phase-missing",
            worded(
                "这个项目还没有有效的“{name}”，要先取得它，才能申请“{item}”。",
                name=name,
                item=item.name,
            ),
        )
        for item in (one.item for one in personal.items)
        if item.phase is not None
        for name in permits_missing(compiled, item, party_id, facts, on)
    ]


def _owed_by_others(
    personal: PersonalGuide, lines: Iterable[MaterialLine], facts: Mapping[str, Fact]
) -> list[Problem]:
    """Only key projects may decide first and supply after (签批先行、流程后补)."""
    owed = [one for one in lines if one.owed]
    steps = [one.item for one in personal.items if one.item.phase and one.item.deficiency]
    return [
        Problem(
            f"material:{line.code}",
            "not-a-key-project",
            worded(
                "只有列入重点项目名单的工程可以后补“{name}”，请现在上传。",
                name=line.spec.material.name,
            ),
        )
        for item in steps
        if item.phase is not None and item.phase.key_projects
        if _value(facts, item.phase.project) not in item.phase.key_projects
        for line in owed
        if line.code in item.material_codes
    ]


def _value(facts: Mapping[str, Fact], element: str) -> Any:
    fact = facts.get(element)
    return fact.value if fact else None


def _missing_materials(lines: Iterable[MaterialLine]) -> list[Problem]:
    return [
        Problem(
            f"material:{one.code}",
            "material-missing",
            worded("还没有上传“{name}”。", name=one.spec.material.name),
        )
        for one in lines
        if one.asked and one.spec.required and not one.given and not one.owed
    ]
