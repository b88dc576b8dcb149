"""Versions: the one way in which anything about a licence changes."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tongban.documents.gateways import Organ
from tongban.licences import events
from tongban.licences.models import Licence, LicenceVersion
from tongban.people import queries as people
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tongban.kernel.actors import Actor


def organ_of(department: str) -> Organ:
    """The organ that answers for a licence. Raises NotFound for an unknown department."""
    body = people.department(department)
    return Organ(body.code, body.name["zh"], body.uscc, body.short.get("zh", ""))


def organ_data(organ: Organ) -> dict[str, str]:
    return asdict(organ)


def lock_licence(licence_id: int) -> tuple[Licence, LicenceVersion]:
    """The licence under lock, with its current version."""
    licence = Licence.objects.select_for_update().get(pk=licence_id)
    return licence, licence.versions.get(succeeded_at=None)


def succeed(before: LicenceVersion, *, by: Actor, now: datetime, **changes: Any) -> LicenceVersion:
    """Write the next version: the same but for the changes."""
    kept = {
        field.attname: getattr(before, field.attname)
        for field in LicenceVersion._meta.concrete_fields  # noqa: SLF001 -- documented by Django
        if field.attname not in ("id", "seq", "succeeded_at")
    }
    LicenceVersion.objects.filter(pk=before.pk).update(succeeded_at=now)
    return LicenceVersion.objects.create(
        **(kept | {"seq": before.seq + 1, "at": now, "by_kind": by.kind, "by_id": by.id} | changes)
    )


def tell(
    verb: str,
    licence: Licence,
    version: LicenceVersion,
    *,
    by: Actor,
    now: datetime,
    basis: str = "",
    fields: tuple[str, ...] = (),
    **more: Any,
) -> None:
    """Append the entry of an action to the stream of the licence, whose row is locked."""
    body: Mapping[str, Any] = {
        "identifier": version.identifier,
        "type": licence.type_code,
        "party": licence.holder_id,
        "proceeding_id": licence.proceeding_id,
        "case_number": licence.case_number,
        "state": version.state,
        "seq": version.seq,
    } | more
    entry = NewEntry(
        stream=events.STREAM,
        stream_id=licence.pk,
        verb=verb,
        region=licence.region,
        basis=basis,
        fields=fields,
        body=body,
        public=True,
    )
    append([entry], by=by, now=now)
