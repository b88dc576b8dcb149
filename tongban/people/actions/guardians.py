"""Children and their guardians (民法典 26 to 39): a birth, its number, guardians, their end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from tongban.kernel.actors import SYSTEM
from tongban.kernel.identifiers import Sex, assign_id_number, normalise, region_prefix
from tongban.kernel.names import name_key, normalise_name
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound
from tongban.kernel.worktime import city_date
from tongban.people.actions.accounts import register_person
from tongban.people.models import Birth, Guardianship, Party, RegisteredPerson
from tongban.people.queries import code_key, keyed_hash
from tongban.people.states import GuardianKind, PartyKind, Role
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from typing import Any

    from tongban.kernel.actors import Actor

MOST_TEXT = 500
NUMBERS_OF_A_DAY = 499


@dataclass(frozen=True, slots=True)
class ParentNamed:
    """A parent as the birth certificate names them."""

    name: str
    id_number: str


@dataclass(frozen=True, slots=True)
class NewBirth:
    """A child as a granted item states it; the first parent is the mother (婚生与否不论).

    ``adult_on`` is the day on which it is of age, ``evidence`` what proves the parents.
    """

    name: str
    sex: str
    born_on: date
    parents: Sequence[ParentNamed]
    adult_on: date
    evidence: str


def record_birth(*, birth: NewBirth, now: datetime) -> int:
    """The party of a child, with the parents named as its guardians; answers its id. Idempotent.

    A granted item says it, so that it needs no other proof. A parent whose number belongs to
    another name is left out: the register is right until somebody mends it.
    """
    mother = normalise(birth.parents[0].id_number)
    key = keyed_hash("birth", mother, birth.born_on.isoformat(), name_key(birth.name))
    with transaction.atomic():
        party = _born(key) or _bear(birth, key, now)
        for one in birth.parents:
            _add_parent(party, one, birth, now)
    return party.pk


def _born(key: bytes) -> Party | None:
    row = Birth.objects.select_related("party").filter(key=key).first()
    return row.party if row else None


def _bear(birth: NewBirth, key: bytes, now: datetime) -> Party:
    """Make the party; of two at the same moment one makes it, both use it."""
    party, is_new = Party.objects.get_or_create(
        code_key=key,
        defaults={"kind": PartyKind.NATURAL, "name": normalise_name(birth.name), "code": ""},
    )
    if is_new:
        Birth.objects.create(party=party, key=key, born_on=birth.born_on, sex=Sex(birth.sex).value)
        _record(party.pk, "birth_recorded", by=SYSTEM, now=now)
    return party


def _add_parent(child: Party, parent: ParentNamed, birth: NewBirth, now: datetime) -> None:
    code, name = normalise(parent.id_number), normalise_name(parent.name)
    guardian, _ = Party.objects.get_or_create(
        code_key=code_key(PartyKind.NATURAL, code),
        defaults={"kind": PartyKind.NATURAL, "name": name, "code": code},
    )
    if name_key(guardian.name) != name_key(name):
        return
    # One that a court has ended does not come back with the next paper.
    if Guardianship.objects.filter(child=child, guardian=guardian).exists():
        return
    _add(
        child.pk, guardian.pk, GuardianKind.PARENT, birth.evidence,
        days=(birth.born_on, birth.adult_on), by=SYSTEM, now=now,
    )  # fmt: skip


def assign_number(*, child_id: int, region: str, now: datetime) -> str:
    """The citizen number of a registered child, assigned once (户口登记条例 7); answers it.

    It joins the population register, so that the person can have an account later.
    """
    with transaction.atomic():
        birth = Birth.objects.select_for_update().select_related("party").get(party_id=child_id)
        party = birth.party
        if party.code:
            return party.code
        for serial in range(NUMBERS_OF_A_DAY):
            place = region_prefix(region).ljust(6, "0")
            code = assign_id_number(place, birth.born_on, Sex(birth.sex), serial)
            key = code_key(PartyKind.NATURAL, code)
            if _is_taken(key):
                continue
            try:
                with transaction.atomic():
                    RegisteredPerson.objects.create(code_key=key, name=party.name)
            except IntegrityError:
                continue  # somebody else was given this one at the same moment
            party.code, party.code_key = code, key
            party.save(update_fields=["code", "code_key"])
            _record(child_id, "number_assigned", by=SYSTEM, now=now, fields=("code",))
            return code
    raise ValueError("the numbers of this region, day and sex are used up")


def _is_taken(key: bytes) -> bool:
    return (
        Party.objects.filter(code_key=key).exists()
        or RegisteredPerson.objects.filter(code_key=key).exists()
    )


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """Whom a judgment or the civil affairs appointed, as the paper at the window says."""

    child_id: int
    name: str
    id_number: str
    evidence: str
    starts_on: date


def record_guardian(*, guardian: NewGuardian, by: Actor, now: datetime) -> int:
    """Record an appointed guardian (民法典 29 to 32) from the paper shown at a window.

    Answers the id. Raises BadInput, RealNameNotConfirmed, NotFound for somebody who is no child,
    and NotAllowed for whoever holds no window.
    """
    _need_window(by)
    on = city_date(now)
    until = _until(guardian.child_id, on)
    evidence = _need_text("evidence", guardian.evidence, "请写明指定监护的文书名称、文号。")
    if not guardian.starts_on < until:
        raise BadInput.at("starts_on", "period-over", "开始日期应当在孩子成年之前。")
    person = register_person(name=guardian.name, id_number=guardian.id_number, by=by, now=now)
    if person == guardian.child_id:
        raise BadInput.at("id_number", "guardian-self", "监护人不能是孩子本人。")
    with transaction.atomic():
        # Of two at the same moment the second sees the first; one that starts later counts too.
        Party.objects.select_for_update(no_key=True).get(pk=guardian.child_id)
        known = Guardianship.objects.filter(child_id=guardian.child_id, guardian_id=person)
        if known.filter(ended_on=None).exists():
            raise BadInput.at("id_number", "guardian-known", "这个人已经是孩子的监护人。")
        return _add(
            guardian.child_id, person, GuardianKind.APPOINTED, evidence,
            days=(guardian.starts_on, until), by=by, now=now,
        )  # fmt: skip


def end_guardianship(*, guardianship_id: int, reason: str, by: Actor, now: datetime) -> None:
    """End a guardianship before the child is of age (民法典 36, 39), from the paper shown.

    From today the guardian sees and does nothing for the child any more; what was done stays.
    """
    _need_window(by)
    why = _need_text("reason", reason, "请写明结束监护的原因和文书文号。")
    with transaction.atomic():
        row = Guardianship.objects.select_for_update().filter(pk=guardianship_id).first()
        on = city_date(now)
        if row is None:
            raise NotFound
        if row.ended_on is not None or row.until <= on:
            raise BadInput.at("reason", "guardian-ended", "这项监护已经结束。")
        row.ended_on, row.end_reason = on, why
        row.save(update_fields=["ended_on", "end_reason"])
        body = {"guardianship": row.pk, "guardian": row.guardian_id, "child": row.child_id}
        _record(row.child_id, "guardianship_ended", by=by, now=now, body=body)


def _add(
    child_id: int,
    guardian_id: int,
    kind: GuardianKind,
    evidence: str,
    *,
    days: tuple[date, date],
    by: Actor,
    now: datetime,
) -> int:
    row = Guardianship.objects.create(
        child_id=child_id,
        guardian_id=guardian_id,
        kind=kind,
        evidence=evidence,
        starts_on=days[0],
        until=days[1],
        created_at=now,
    )
    body = {"guardianship": row.pk, "guardian": guardian_id, "child": child_id, "kind": kind}
    _record(child_id, "guardian_recorded", by=by, now=now, body=body)
    return row.pk


def _until(child_id: int, on: date) -> date:
    """The day on which this child is of age, as its first guardians were recorded."""
    known = Guardianship.objects.filter(child_id=child_id).order_by("id").first()
    if known is None or known.until <= on:
        raise NotFound("没有找到这个未成年人的登记。请核对公民身份号码。")
    return known.until


def _need_window(by: Actor) -> None:
    if by.kind != "staff" or Role.WINDOW not in by.roles:
        raise NotAllowed("监护关系的登记由窗口岗位凭文书办理。")


def _need_text(field: str, text: str, words: str) -> str:
    clean = text.strip()[:MOST_TEXT]
    if not clean:
        raise BadInput.at(field, "text-missing", words)
    return clean


def _record(
    child_id: int,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    fields: tuple[str, ...] = (),
    body: Mapping[str, Any] | None = None,
) -> None:
    entry = NewEntry(stream="party", stream_id=child_id, verb=verb, fields=fields, body=body or {})
    append([entry], by=by, now=now)
