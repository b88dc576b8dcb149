"""Renewal: the same licence goes on; who asked in time and hears nothing is renewed (50).

A renewal is asked for by a case. Where it was asked for in time and the validity ends without a
decision, the licence counts as renewed for as long as it was valid, and says so. A decision that
comes later still counts: a denial ends the renewed licence, for the future only.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from procrastinate.contrib.django import app as jobs

from tongban.catalogue.queries import parameters
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.refusals import NotFound, Refusal, worded
from tongban.kernel.worktime import city_date
from tongban.licences import events, rules
from tongban.licences.actions.issuing import PRODUCE_TASK
from tongban.licences.actions.versions import lock_licence, succeed, tell
from tongban.licences.models import Licence, LicenceRenewal, LicenceVersion
from tongban.licences.queries.comprehensive import renewal_days
from tongban.licences.states import LicenceState, Origin

if TYPE_CHECKING:
    from datetime import datetime

BASIS = "行政许可法第五十条第二款"
DEEMED_REASON = "有效期届满前没有作出是否准予延续的决定，视为准予延续"


class NotRenewable(Refusal):
    """A licence is renewed while it is in force, and by one application at a time."""

    code = "not-renewable"


def ask_renewal(
    *, identifier: str, proceeding_id: int, case_number: str, by: Actor, now: datetime
) -> LicenceRenewal:
    """Note that a case asks to renew a licence. Idempotent for each case.

    It is in time where the days of the content lie between it and the end. Raises NotFound,
    NotRenewable.
    """
    with transaction.atomic():
        known = LicenceRenewal.objects.filter(proceeding_id=proceeding_id).first()
        if known is not None:
            return known
        licence, version = lock_licence(_id_of(identifier))
        on = city_date(now)
        _why_not(licence, on)
        if LicenceRenewal.objects.filter(licence=licence, outcome="").exists():
            raise NotRenewable("这份证照已经有一件延续申请在办理。")
        latest = _last_day_to_ask(licence, on)
        renewal = LicenceRenewal.objects.create(
            licence=licence,
            proceeding_id=proceeding_id,
            case_number=case_number,
            asked_at=now,
            is_in_time=on <= latest,
        )
        tell(
            events.RENEWAL_ASKED,
            licence,
            version,
            by=by,
            now=now,
            basis="行政许可法第五十条第一款",
            in_time=renewal.is_in_time,
            renewal=proceeding_id,
        )
    return renewal


def _why_not(licence: Licence, on: date) -> None:
    """Refuse a licence that cannot be renewed on a day."""
    opens = _opens_on(licence, on)
    state = rules.state_on(LicenceState(licence.state), licence.valid_to, on)
    if licence.valid_to is None or state is not LicenceState.VALID or opens is None:
        raise NotRenewable("这份证照没有有效期，或者已经不在有效期内，不能申请延续。")
    if on < opens:
        raise NotRenewable(
            worded("还没有到可以申请延续的时间，{opens}起可以申请。", opens=opens),
            facts={"opens": opens.isoformat()},
        )


def _opens_on(licence: Licence, on: date) -> date | None:
    """From when the renewal of a licence can be asked for; None for one without an end."""
    if licence.valid_to is None:
        return None
    return licence.valid_to - timedelta(days=_days("renewal_opens_days", on))


def _last_day_to_ask(licence: Licence, on: date) -> date:
    """The last day on which asking is in time: so many days before the end (50(1))."""
    if licence.valid_to is None:
        raise NotRenewable("这份证照没有有效期，不用延续。")
    return licence.valid_to - timedelta(days=renewal_days(on))


def _days(name: str, on: date) -> int:
    return int(parameters(on)[name][-1][1])


def renew_licence(*, proceeding_id: int, by: Actor, now: datetime) -> str | None:
    """The renewal is granted: the same licence, its next edition; answers the new identifier.

    Where it counts as renewed already, the edition is made without a further change of its end.
    None where the case asks for no renewal, or was answered before.
    """
    with transaction.atomic():
        renewal = _open(proceeding_id)
        if renewal is None:
            return None
        licence, before = lock_licence(renewal.licence_id)
        if renewal.deemed_at is None:
            licence.valid_to = _next_end(licence)
        licence.state = LicenceState.VALID.value
        # The paper of a mirrored licence is made by the system that it came from.
        is_ours = licence.origin == Origin.ISSUED.value
        licence.retry_at = Now() if is_ours else None
        licence.attempts = 0
        licence.save(update_fields=["valid_to", "state", "retry_at", "attempts"])
        edition = before.edition + 1
        version = succeed(
            before,
            by=by,
            now=now,
            edition=edition,
            identifier=rules.identifier_of(
                licence.certificate_type_code, licence.issuer_uscc, licence.serial, edition
            ),
            state=licence.state,
            state_reason="准予延续",
            basis=BASIS,
            valid_to=licence.valid_to,
            face=_face_until(before, licence.valid_to),
            file_id=None,
            file_sha256=None,
            file_sm3=None,
            seal_id="",
            sealed_at=None,
        )
        _close(renewal, "granted", now)
        tell(
            events.RENEWED,
            licence,
            version,
            by=by,
            now=now,
            basis=BASIS,
            fields=("valid_to",),
            renewal=proceeding_id,
        )
        if is_ours:
            jobs.configure_task(PRODUCE_TASK, queue="papers").defer(licence_id=licence.pk)
    return version.identifier


def _face_until(version: LicenceVersion, valid_to: date | None) -> list[dict[str, object]]:
    """The face with its new last day."""
    if valid_to is None:
        return list(version.face)
    words = rules.words_for(valid_to)
    return [
        {**item, "value": valid_to.isoformat(), "text": words}
        if item["field"] == "valid_until"
        else item
        for item in version.face
    ]


def end_renewal(
    *, proceeding_id: int, outcome: str, reason: str, by: Actor, now: datetime
) -> bool:
    """The renewal ends without a grant: denied, withdrawn, terminated; whether there was one.

    A licence that counts as renewed ends with the day of a late denial, for the future.
    """
    with transaction.atomic():
        renewal = _open(proceeding_id)
        if renewal is None:
            return False
        _close(renewal, outcome, now)
        licence, before = lock_licence(renewal.licence_id)
        if renewal.deemed_at is None or outcome != "denied":
            return True
        licence.valid_to = max(city_date(now), licence.valid_from)
        licence.save(update_fields=["valid_to"])
        version = succeed(
            before,
            by=by,
            now=now,
            valid_to=licence.valid_to,
            state_reason=f"不予延续，自决定之日起不再有效：{reason}",
            basis=BASIS,
        )
        tell(
            events.STATE_CHANGED,
            licence,
            version,
            by=by,
            now=now,
            basis=BASIS,
            fields=("valid_to",),
            to=licence.state,
            **{"from": licence.state},
        )
    return True


def deem_renewed_in(licence: Licence, before: LicenceVersion, *, now: datetime) -> bool:
    """At the end of validity: renewed by silence where it was asked for in time (50(2)).

    Takes part in the caller's transaction, which holds the licence; whether it was renewed.
    """
    renewal = LicenceRenewal.objects.filter(
        licence=licence, outcome="", is_in_time=True, deemed_at=None
    ).first()
    if renewal is None or licence.state != LicenceState.VALID.value:
        return False
    licence.valid_to = _next_end(licence)
    licence.save(update_fields=["valid_to"])
    renewal.deemed_at = now
    renewal.save(update_fields=["deemed_at"])
    version = succeed(
        before,
        by=SYSTEM,
        now=now,
        valid_to=licence.valid_to,
        state_reason=DEEMED_REASON,
        basis=BASIS,
    )
    tell(
        events.DEEMED_RENEWED,
        licence,
        version,
        by=SYSTEM,
        now=now,
        basis=BASIS,
        fields=("valid_to",),
        renewal=renewal.proceeding_id,
    )
    return True


def _next_end(licence: Licence) -> date:
    """The last day of another period of the same length."""
    if licence.valid_to is None:
        raise AssertionError(licence.pk)
    before = LicenceRenewal.objects.filter(licence=licence).filter(
        Q(outcome="granted") | Q(deemed_at__isnull=False)
    )
    return rules.renewed_until(licence.valid_from, licence.valid_to, periods=1 + before.count())


def _close(renewal: LicenceRenewal, outcome: str, now: datetime) -> None:
    renewal.outcome = outcome
    renewal.ended_at = now
    renewal.save(update_fields=["outcome", "ended_at"])


def _open(proceeding_id: int) -> LicenceRenewal | None:
    return (
        LicenceRenewal.objects.select_for_update()
        .filter(proceeding_id=proceeding_id, outcome="")
        .first()
    )


def _id_of(identifier: str) -> int:
    found = LicenceVersion.objects.filter(identifier=identifier)
    licence_id = found.values_list("licence_id", flat=True).first()
    if licence_id is None:
        raise NotFound("没有找到这份证照。")
    return licence_id
