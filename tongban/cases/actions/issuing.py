"""The licence of a granted case, and the licences of others that a case relies on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tongban.cases import rules
from tongban.cases.actions.renewals import renew_in_place
from tongban.cases.models import CaseFile, Reliance
from tongban.cases.states import LIFE, CaseState
from tongban.catalogue.queries import package_version, parameters
from tongban.engine.actions import Act
from tongban.engine.queries import siblings_of
from tongban.kernel.actors import SYSTEM
from tongban.kernel.identifiers import assign_uscc
from tongban.kernel.worktime import add_months, city_date
from tongban.licences.actions import issue_licence, record_use
from tongban.licences.queries import get_licence, licences_of_proceedings
from tongban.people.actions import (
    NewBirth,
    ParentNamed,
    assign_number,
    record_birth,
    register_legal_party,
)
from tongban.people.queries import find_party, party
from tongban.people.states import PartyKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tongban.catalogue.rules import CompiledLicenceType, CompiledPackage
    from tongban.kernel.actors import Actor


# Numbers that a registration assigns by its licence: of the enterprise, of the citizen.
_NUMBERS = frozenset({"new_uscc", "new_id_number"})
MAJORITY = "majority_age"


def majority_age(on: date) -> int:
    """At how many years a person is of age (民法典 17), as the content says for the day."""
    return int(parameters(on)[MAJORITY][-1][1])


def order_licence(*, case_id: int, now: datetime) -> None:
    """Have the licence of a granted case made from the decision's data. Idempotent.

    What stands on its face was answered and reviewed, and is never typed again (domain-05 §6.5).
    A registration brings about the enterprise itself: its party is made with a new credit code.
    """
    file = CaseFile.objects.select_related("proceeding").get(proceeding_id=case_id)
    case = file.proceeding
    item = package_version(case.version_id).compiled.item(file.item_code)
    if item.licence is None or case.state != CaseState.PRODUCING or case.facts.get("system"):
        # What a department issued in its own system is mirrored when it tells of it.
        return
    if renew_in_place(case_id=case_id, now=now):
        return
    stated = stated_licence(case_id=case_id, now=now)
    on = city_date(now)
    issue_licence(
        licence_type=stated.kind,
        face=stated.face,
        holder_id=stated.holder_id,
        proceeding_id=case.pk,
        case_number=case.number,
        department=item.department,
        region=case.region,
        valid_from=on,
        valid_to=rules.valid_until(on, stated.kind.years),
        by=SYSTEM,
        now=now,
        content_version_id=case.version_id,
        number=stated.number,
        shown=stated.shown,
    )


@dataclass(frozen=True, slots=True)
class StatedLicence:
    """What a case's licence says; ``number`` where a rule of its type makes it."""

    kind: CompiledLicenceType
    face: Mapping[str, Any]
    holder_id: int
    number: str
    shown: Mapping[str, str]
    case_number: str
    region: str


def stated_licence(*, case_id: int, now: datetime, number: str = "") -> StatedLicence:
    """The face and the holder of a granted case's licence; makes the enterprise's party.

    ``number`` is that of a licence issued elsewhere; where the licence brings about the
    enterprise it is its credit code.
    """
    file = CaseFile.objects.select_related("proceeding").get(proceeding_id=case_id)
    case = file.proceeding
    compiled = package_version(case.version_id).compiled
    kind = compiled.licence_type(str(compiled.item(file.item_code).licence))
    face = _handed_on(compiled, case, kind, now) | {
        one.field: file.answers[one.element] for one in kind.face if one.element in file.answers
    }
    rule = next((one.rule for one in kind.face if one.rule in _NUMBERS), "")
    if compiled.item(file.item_code).result.holder == "child":
        holder_id, code = _child(compiled, case, file, numbered=bool(rule), now=now)
    else:
        holder_id, code = _holder(
            case,
            file,
            creates=rule == "new_uscc",
            is_legal=kind.holder == "legal",
            now=now,
            known=number,
        )
    if code:
        face |= {one.field: code for one in kind.face if one.rule == rule}
    shown = rules.shown_words(compiled, kind.face, file.answers)
    return StatedLicence(kind, face, holder_id, code, shown, case.number, case.region)


def _handed_on(
    compiled: CompiledPackage, case: Any, kind: CompiledLicenceType, now: datetime
) -> dict[str, Any]:
    """What stands on the licences that items before this one brought about: nobody types it."""
    made = {one.code: one.source for one in compiled.fields if one.produced_by}
    wanted = {
        one.field: (made[one.element].licence, made[one.element].field)
        for one in kind.face
        if one.element in made
    }
    if not wanted:
        return {}
    issued = licences_of_proceedings(siblings_of(case), city_date(now)).values()
    faces = {one.type_code: one.face for one in issued}
    found = {to: faces.get(licence, {}).get(field) for to, (licence, field) in wanted.items()}
    return {to: value for to, value in found.items() if value not in (None, "")}


def _child(
    compiled: CompiledPackage, case: Any, file: CaseFile, *, numbered: bool, now: datetime
) -> tuple[int, str]:
    """The child that gets the licence, and its number where this registration assigns it.

    The first item that is granted makes the child a party, with the parents named in the form as
    its guardians until it is of age (民法典 17, 27).
    """
    said = compiled.child
    if said is None:
        raise ValueError(f"{compiled.code} issues to a child that it does not name")
    answers = file.answers
    born_on = date.fromisoformat(str(answers[said.born_on]))
    parents = [
        ParentNamed(str(answers[name]), str(answers[number]))
        for name, number in said.parents
        if answers.get(name) and answers.get(number)
    ]
    on = city_date(now)
    child_id = record_birth(
        birth=NewBirth(
            name=str(answers[said.name]),
            sex=str(answers[said.sex]),
            born_on=born_on,
            parents=parents,
            adult_on=add_months(born_on, 12 * majority_age(on)),
            evidence=f"{compiled.item(file.item_code).name.zh} {case.number}",
        ),
        now=now,
    )
    if not numbered:
        return child_id, ""
    region = str(answers.get(said.region) or case.region)
    return child_id, assign_number(child_id=child_id, region=region, now=now)


def _holder(
    case: Any,
    file: CaseFile,
    *,
    creates: bool,
    is_legal: bool,
    now: datetime,
    known: str = "",
) -> tuple[int, str]:
    """Who gets the licence, and the credit code where the licence creates the enterprise.

    A person who opens an enterprise applies for it before it exists; from its registration on,
    the other items of the same application issue to the enterprise.
    """
    applicant = party(case.party_id)
    if applicant.kind != PartyKind.NATURAL or not is_legal:
        return applicant.id, ""
    if not creates:
        siblings = siblings_of(case)
        issued = licences_of_proceedings(siblings, city_date(now))
        holders = [one.holder_id for one in issued.values() if one.holder_id != applicant.id]
        return (holders[0] if holders else applicant.id), ""
    code = known or assign_uscc(case.region, case.pk)
    said = file.answers.get("registration.legal_representative_id", "")
    representative = find_party(PartyKind.NATURAL, said) if said else None
    enterprise = register_legal_party(
        uscc=code,
        name=str(file.answers.get("registration.name", applicant.name)),
        representative_id=representative.id if representative else applicant.id,
        by=SYSTEM,
        now=now,
    )
    return enterprise, code


def mark_issued(
    *,
    case_id: int,
    identifier: str,
    now: datetime,
    by: Actor = SYSTEM,
    told: Mapping[str, Any] | None = None,
) -> None:
    """The licence of a granted case exists: the case is done. Idempotent.

    ``told`` goes into the entry: when the department's own system said so.
    """
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        if case.state != CaseState.PRODUCING:
            act.drop()
            return
        holder = get_licence(identifier, city_date(now)).holder_id
        others = {} if holder == case.party_id else {"licence_holder": holder}
        case.facts = {**case.facts, "licence": identifier, **others}
        body = {"licence": identifier, "item": case.facts["item"], **(told or {})}
        act.move(case, "issue", body=body)


def note_licence_uses(*, case_id: int, now: datetime) -> None:
    """Note that this case's department used the licences that it relies on (domain-05 §6.6)."""
    reliances = Reliance.objects.filter(proceeding_id=case_id).select_related("proceeding")
    for one in reliances:
        case = one.proceeding
        item = package_version(case.version_id).compiled.item(case.facts["item"])
        record_use(
            identifier=one.licence_identifier,
            purpose=item.name.zh,
            by=SYSTEM,
            now=now,
            department=case.department,
            case_number=case.number,
            item_code=item.code,
        )


def break_reliance(*, identifier: str, state: str, now: datetime) -> int:
    """A licence lost its validity: tell every undecided case that relies on it. Idempotent."""
    return sum(
        _reliance_changed(case_id, identifier, "reliance_broken", state, now)
        for case_id in _relying(identifier, broken_at=None)
    )


def mend_reliance(*, identifier: str, state: str, now: datetime) -> int:
    """A suspended licence is valid again: the cases that rely on it may be granted again."""
    return sum(
        _reliance_changed(case_id, identifier, "reliance_mended", state, now)
        for case_id in _relying(identifier, broken_at__isnull=False)
    )


def _relying(identifier: str, **broken: Any) -> list[int]:
    found = Reliance.objects.filter(licence_identifier=identifier, **broken)
    return list(found.order_by("proceeding_id").values_list("proceeding_id", flat=True).distinct())


def _reliance_changed(case_id: int, identifier: str, verb: str, state: str, now: datetime) -> bool:
    """Note the change with the case; one that is decided already stays as it was decided."""
    broken = verb == "reliance_broken"
    with Act(by=SYSTEM, now=now) as act:
        case = act.lock(case_id)
        Reliance.objects.filter(proceeding_id=case_id, licence_identifier=identifier).update(
            broken_at=now if broken else None
        )
        if verb not in LIFE.open_verbs(case.state):
            act.drop()
            return False
        others = [known for known in case.facts.get("broken", ()) if known != identifier]
        case.facts = {**case.facts, "broken": [*others, identifier] if broken else others}
        told = {"licence": identifier, "state": state, "item": case.facts["item"]}
        act.move(case, verb, body=told)
    return True
