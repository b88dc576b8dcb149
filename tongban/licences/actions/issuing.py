"""From the decision to the sealed licence (domain-05 §6.5).

The decision orders it; number and face are fixed then, in the decision's own terms. A job renders,
seals and stores it; only when all of that stands does the licence become valid, in one
transaction. Until then it is `producing`, and whoever fails or dies is followed by another.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.db import transaction
from django.db.models.functions import Now
from procrastinate.contrib.django import app as jobs

from tongban.catalogue.queries import live
from tongban.documents.actions import (
    Paper,
    PaperFault,
    keep_paper,
    make_paper,
    print_translated,
)
from tongban.documents.gateways import Organ
from tongban.documents.rules import retry_after
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.numbers import public_number
from tongban.kernel.refusals import BadInput, NotFound, worded
from tongban.kernel.worktime import city_date
from tongban.licences import events, rules, sql
from tongban.licences.actions.versions import lock_licence, organ_data, organ_of, succeed, tell
from tongban.licences.models import Licence, LicenceVersion
from tongban.licences.queries import get_licence, verify_url, words_of_codes
from tongban.licences.states import LIFE, LicenceState, Origin
from tongban.people import queries as people
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from tongban.catalogue.content import LicenceType
    from tongban.catalogue.rules import CompiledLicenceType

PRODUCE_TASK = "licences.produce_licence"
PURPOSE = "licence"
# Shown on every licence of a city whose content says that it is a demonstration.
RIBBON = "演示城市 · 非法定证照"
RIBBON_SHORT = "演示"

log = logging.getLogger(__name__)


def issue_licence(  # noqa: PLR0913 -- an action names all that it needs
    *,
    licence_type: CompiledLicenceType | LicenceType,
    face: Mapping[str, Any],
    holder_id: int,
    proceeding_id: int,
    case_number: str,
    department: str,
    region: str,
    valid_from: date,
    valid_to: date | None,
    by: Actor,
    now: datetime,
    content_version_id: int | None = None,
    number: str = "",
    shown: Mapping[str, str] | None = None,
) -> Licence:
    """Order the licence that a decision grants; a job makes it.

    `face` holds values by field, from the decision and never typed again; what the licence knows
    itself (number, issuer, holder, dates) is filled in by the rules of its type. `shown` gives
    words for values that are codes. `number` is for licences whose number others decide, as the
    credit code of a business licence.

    Once for each (proceeding, type): asked again, also by another thread at the same moment, the
    first licence is answered. Raises BadInput for a face that the type does not have, and
    NotFound for an unknown department or holder.
    """
    kind = rules.read_type(licence_type)
    organ = organ_of(department)
    with transaction.atomic():
        ordered = Licence.objects.filter(proceeding_id=proceeding_id, type_code=kind.code)
        if known := ordered.filter(origin=Origin.ISSUED.value).first():
            return known
        licence_id = sql.next_licence()
        number = number or _number(kind, face, region, city_date(now), licence_id)
        licence, made = Licence.objects.get_or_create(
            proceeding_id=proceeding_id,
            type_code=kind.code,
            origin=Origin.ISSUED.value,
            defaults={
                "id": licence_id,
                "region": region,
                "certificate_type_code": kind.type_code,
                "issuer": organ_data(organ),
                "issuer_uscc": organ.uscc,
                "department": department,
                "serial": uuid.uuid4().hex.upper(),
                "number": number,
                "holder_id": holder_id,
                "case_number": case_number,
                "content_version_id": content_version_id,
                "template": kind.template,
                "name_en": kind.name_en,
                "issued_on": city_date(now),
                "valid_from": valid_from,
                "valid_to": _last_day(kind, valid_from, valid_to),
                "start_rule": kind.starts,
                "created_at": now,
                "retry_at": Now(),
            },
        )
        if made:
            words = words_of_codes(kind, face, city_date(now)) | dict(shown or {})
            items = _face(kind, licence, organ, face, words)
            version = _first_version(licence, kind, items, by=by, now=now)
            tell(events.ORDERED, licence, version, by=by, now=now)
            jobs.configure_task(PRODUCE_TASK, queue="papers").defer(licence_id=licence.pk)
    return licence


def _last_day(kind: rules.TypeOfLicence, since: date, until: date | None) -> date | None:
    """A permit lapses where the work has not begun by then (建筑法 9); others as decided."""
    return rules.months_after(since, kind.starts["within"]) if kind.starts else until


def licences_due(*, now: datetime, limit: int = 50) -> list[int]:
    """The licences whose next attempt is due by machine time, oldest first."""
    rows = Licence.objects.filter(retry_at__lte=now).order_by("retry_at", "id")
    return list(rows.values_list("id", flat=True)[:limit])


def produce_licence(*, licence_id: int, now: datetime) -> bool:
    """Make one licence if it is due; whether it is made now. `now` is machine time.

    A failed attempt leaves it `producing`, with the reason and the time of the next attempt.
    """
    licence = _claim(licence_id, now)
    if licence is None:
        made = Licence.objects.filter(pk=licence_id).exclude(state=LicenceState.PRODUCING.value)
        return made.exists()
    version = licence.versions.get(succeeded_at=None)
    try:
        paper = make_paper(
            template=licence.template,
            data=_filled(licence, version),
            organ=Organ(**licence.issuer),
            reason=version.name,
            now=now,
        )
    except PaperFault as fault:
        log.warning("licence not made", extra={"licence": licence_id, "fault": str(fault)})
        Licence.objects.filter(pk=licence_id).update(last_fault=str(fault)[:2000])
        return False
    return _finish(licence_id, paper)


def _number(
    kind: rules.TypeOfLicence, face: Mapping[str, Any], region: str, on: date, licence_id: int
) -> str:
    if kind.number_prefix:
        return public_number(kind.number_prefix, region[:6], on, licence_id)
    number = str(face.get("uscc") or "")
    if not number:
        raise BadInput.at(
            "number", "licence-number-missing", worded("“{name}”缺少证照编号。", name=kind.name)
        )
    return number


def _face(
    kind: rules.TypeOfLicence,
    licence: Licence,
    organ: Organ,
    given: Mapping[str, Any],
    shown: Mapping[str, str],
) -> list[dict[str, Any]]:
    holder = people.party(licence.holder_id)
    derived = {
        "licence_number": licence.number,
        "issuer_name": organ.name,
        "decided_on": licence.issued_on,
        "valid_from": licence.valid_from,
        "valid_until": licence.valid_to or "长期",
        "holder_name": holder.name,
        "holder_code": holder.code,
    }
    return rules.face_of(kind, given, derived=derived, shown=shown)


def _first_version(
    licence: Licence,
    kind: rules.TypeOfLicence,
    face: list[dict[str, Any]],
    *,
    by: Actor,
    now: datetime,
) -> LicenceVersion:
    identifier = rules.identifier_of(
        licence.certificate_type_code, licence.issuer_uscc, licence.serial, 1
    )
    return LicenceVersion.objects.create(
        licence=licence,
        seq=1,
        edition=1,
        identifier=identifier,
        name=kind.name,
        state=licence.state,
        holder_name=people.party(licence.holder_id).name,
        face=face,
        valid_from=licence.valid_from,
        valid_to=licence.valid_to,
        by_kind=by.kind,
        by_id=by.id,
        at=now,
    )


def _claim(licence_id: int, now: datetime) -> Licence | None:
    """Reserve the licence until the next attempt would be due."""
    with transaction.atomic():
        licence = (
            Licence.objects.select_for_update(skip_locked=True)
            .filter(pk=licence_id, retry_at__lte=now)
            .first()
        )
        if licence is None:
            return None
        licence.attempts += 1
        licence.retry_at = now + retry_after(licence.attempts)
        licence.save(update_fields=["attempts", "retry_at"])
    return licence


def _filled(licence: Licence, version: LicenceVersion) -> dict[str, Any]:
    is_demonstration = bool(live("city").get("ribbon"))
    return {
        "title": version.name,
        "title_en": licence.name_en,
        "number": licence.number,
        "serial": licence.serial,
        "identifier": version.identifier,
        "issued_on": licence.issued_on.isoformat(),
        "verify_url": verify_url(version.identifier),
        "face": rules.printed(version.face),
        "ribbon": RIBBON if is_demonstration else "",
        "ribbon_short": RIBBON_SHORT if is_demonstration else "",
    }


def print_licence_copy(
    *, identifier: str, language: str, say: Callable[[str], str], now: datetime
) -> bytes:
    """A made licence in another language, from the same data, under the same number, unsealed.

    Marked as an unreviewed translation and never kept, as the copies of documents are. What
    somebody wrote stays as written. Raises NotFound, and PaperFault where it cannot be made.
    """
    held = get_licence(identifier, city_date(city_now()))
    licence = Licence.objects.get(pk=held.id)
    version = licence.versions.get(succeeded_at=None)
    if version.file_id is None or licence.origin != Origin.ISSUED.value:
        raise NotFound("没有找到这份证照的译文副本。")
    return print_translated(
        licence.template,
        {**_filled(licence, version), "organ": licence.issuer},
        language,
        kept=("number", "serial", "identifier", "verify_url", "issued_on", "title_en"),
        say=say,
        now=now,
    )


def _finish(licence_id: int, paper: Paper) -> bool:
    with transaction.atomic():
        licence, before = lock_licence(licence_id)
        is_new = licence.state == LicenceState.PRODUCING.value
        # A renewed licence is in force while the paper of its new edition is made.
        is_renewed = licence.state == LicenceState.VALID.value and licence.retry_at is not None
        if not is_new and not is_renewed:
            return True
        now = city_now()
        stored = keep_paper(
            paper,
            name=f"{before.name} {licence.number}.pdf",
            owner_party_id=licence.holder_id,
            purpose=PURPOSE,
            reference=before.identifier,
            by=SYSTEM,
            now=now,
        )
        if is_new:
            licence.state = LIFE.target(licence.state, "publish").value
        licence.retry_at = None
        licence.last_fault = ""
        licence.save(update_fields=["state", "retry_at", "last_fault"])
        version = succeed(
            before,
            by=SYSTEM,
            now=now,
            state=licence.state,
            file_id=stored.pk,
            file_sha256=paper.sha256,
            file_sm3=_sm3(paper.content),
            seal_id=paper.seal_id,
            sealed_at=paper.sealed_at,
        )
        tell(
            events.PRODUCED,
            licence,
            version,
            by=SYSTEM,
            now=now,
            fields=("state", "file"),
            number=licence.number,
            sha256=hashlib.sha256(paper.content).hexdigest(),
            seal=paper.seal_id,
        )
    return True


def _sm3(content: bytes) -> bytes:
    """The hash that the national metadata asks for (file_hash_sm3)."""
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize()
