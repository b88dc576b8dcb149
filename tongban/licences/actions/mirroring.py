"""Licences that another system issued: taken over, brought up to date, never reissued."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tongban.kernel.identifiers import parse_certificate_identifier
from tongban.kernel.worktime import city_date
from tongban.licences import events, rules
from tongban.licences.actions.versions import lock_licence, organ_data, organ_of, succeed, tell
from tongban.licences.models import Licence, LicenceVersion
from tongban.licences.queries import words_of_codes
from tongban.licences.states import LicenceState, Origin
from tongban.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from tongban.catalogue.content import LicenceType
    from tongban.catalogue.rules import CompiledLicenceType
    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredLicence:
    """A licence as the other system states it.

    `source` and `source_id` name it there, for good. `identifier` is its own e-licence
    identifier, where it has one; `proceeding_id` and `case_number` are those of our case that it
    was asked for in; `shown` gives words for values that are codes.
    """

    type_code: str
    holder_id: int
    number: str
    face: Mapping[str, Any]
    valid_from: date
    region: str
    source: str
    source_id: str
    valid_to: date | None = None
    issued_on: date | None = None
    state: str = LicenceState.VALID.value
    state_reason: str = ""
    identifier: str = ""
    proceeding_id: int | None = None
    case_number: str = ""
    shown: Mapping[str, str] = field(default_factory=dict)


def mirror_licence(
    *,
    licence: MirroredLicence,
    licence_type: CompiledLicenceType | LicenceType,
    by: Actor,
    now: datetime,
) -> Licence:
    """Take over a licence, or bring its mirror up to date; the same again changes nothing.

    A changed face or validity is a new edition, a changed state a new version: both are told to
    everybody who relies on it. There is no file of ours. Raises BadInput for a face that the type
    does not have or for an identifier with a wrong check character, NotFound for its issuer.
    """
    kind = rules.read_type(licence_type)
    state = LicenceState(licence.state)
    with transaction.atomic():
        kept, made = Licence.objects.get_or_create(
            origin=Origin.MIRRORED.value,
            source=licence.source,
            source_id=licence.source_id,
            defaults=_row(licence, kind, state, now),
        )
        face = _face(licence, kind, kept, on=city_date(now))
        if made:
            version = _first_version(kept, licence, kind, face, by=by, now=now)
            tell(events.MIRRORED, kept, version, by=by, now=now)
        else:
            _update(kept.pk, licence, face, by=by, now=now)
    return Licence.objects.get(pk=kept.pk)


def _row(
    licence: MirroredLicence, kind: rules.TypeOfLicence, state: LicenceState, now: datetime
) -> dict[str, Any]:
    organ = organ_of(kind.issuer)
    serial, issuer = uuid.uuid4().hex.upper(), organ.uscc
    if licence.identifier:
        parts = parse_certificate_identifier(licence.identifier, path="identifier")
        serial, issuer = parts.serial, parts.issuer
    return {
        "region": licence.region,
        "type_code": kind.code,
        "certificate_type_code": kind.type_code,
        "issuer": organ_data(organ),
        "issuer_uscc": issuer,
        "department": kind.issuer,
        "serial": serial,
        "number": licence.number,
        "proceeding_id": licence.proceeding_id,
        "case_number": licence.case_number,
        "holder_id": licence.holder_id,
        "template": kind.template,
        "name_en": kind.name_en,
        "state": state.value,
        "issued_on": licence.issued_on or licence.valid_from,
        "valid_from": licence.valid_from,
        "valid_to": licence.valid_to,
        "created_at": now,
    }


def _face(
    licence: MirroredLicence, kind: rules.TypeOfLicence, kept: Licence, *, on: date
) -> list[dict[str, Any]]:
    derived = {
        "licence_number": licence.number,
        "issuer_name": kept.issuer["name"],
        "decided_on": licence.issued_on or licence.valid_from,
        "valid_from": licence.valid_from,
        "valid_until": licence.valid_to or "长期",
    }
    shown = words_of_codes(kind, licence.face, on) | dict(licence.shown)
    return rules.face_of(kind, licence.face, derived=derived, shown=shown)


def _first_version(
    kept: Licence,
    licence: MirroredLicence,
    kind: rules.TypeOfLicence,
    face: list[dict[str, Any]],
    *,
    by: Actor,
    now: datetime,
) -> LicenceVersion:
    edition = 1
    if licence.identifier:
        edition = parse_certificate_identifier(licence.identifier).version
    return LicenceVersion.objects.create(
        licence=kept,
        seq=1,
        edition=edition,
        identifier=rules.identifier_of(
            kept.certificate_type_code, kept.issuer_uscc, kept.serial, edition
        ),
        name=kind.name,
        state=kept.state,
        state_reason=licence.state_reason,
        holder_name=people.party(kept.holder_id).name,
        face=face,
        valid_from=kept.valid_from,
        valid_to=kept.valid_to,
        by_kind=by.kind,
        by_id=by.id,
        at=now,
    )


def _update(
    licence_id: int,
    licence: MirroredLicence,
    face: list[dict[str, Any]],
    *,
    by: Actor,
    now: datetime,
) -> None:
    kept, before = lock_licence(licence_id)
    is_new_edition = (before.face, before.valid_from, before.valid_to) != (
        face,
        licence.valid_from,
        licence.valid_to,
    )
    was = kept.state
    if not is_new_edition and (was, before.state_reason) == (licence.state, licence.state_reason):
        return
    edition = before.edition + is_new_edition
    version = succeed(
        before,
        by=by,
        now=now,
        edition=edition,
        identifier=rules.identifier_of(
            kept.certificate_type_code, kept.issuer_uscc, kept.serial, edition
        ),
        state=licence.state,
        state_reason=licence.state_reason,
        face=face,
        valid_from=licence.valid_from,
        valid_to=licence.valid_to,
    )
    kept.state, kept.valid_from, kept.valid_to = (
        version.state,
        version.valid_from,
        version.valid_to,
    )
    kept.save(update_fields=["state", "valid_from", "valid_to"])
    if was == version.state:
        tell(events.MIRRORED, kept, version, by=by, now=now, fields=("face",))
    else:
        tell(
            events.STATE_CHANGED, kept, version, by=by, now=now, fields=("state",),
            to=version.state, **{"from": was},
        )  # fmt: skip
