"""Reports to the regional platform: queued once for each entry, sent in order until received."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef

from tongban.cases.queries import item_of
from tongban.exchange import rules
from tongban.exchange.actions.links import tell_region
from tongban.exchange.gateways import (
    RESULTS,
    Envelope,
    Reported,
    ReportedItem,
    ReportedLicence,
    ReportedReview,
    ReportRefused,
    SystemUnreachable,
    licence_fields,
    process_fields,
    regional_platform,
    result_fields,
    review_fields,
)
from tongban.exchange.models import Report
from tongban.exchange.states import OPEN_REPORTS, Reporting, ReportState
from tongban.kernel.refusals import Refusal
from tongban.kernel.retries import HOURS
from tongban.kernel.worktime import city_date
from tongban.licences.queries import get_licence
from tongban.people.queries import department, party

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tongban.engine.models import Proceeding
    from tongban.kernel.actors import Actor

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
AT_ONCE = 200
MEMBER = "tongban"


def report_turn(
    *, proceeding_id: int, verb: str, told: Mapping[str, Any], cause_id: int, now: datetime
) -> None:
    """Queue what an entry of a case or an application says to the region. Idempotent.

    An entry that ends a case is its result, any other a turn of its process. Joins the caller's
    transaction.
    """
    is_end = "item" in told and verb in RESULTS
    kind = Reporting.RESULT if is_end else Reporting.PROCESS
    kept = {name: told[name] for name in ("effective_at", "licence") if told.get(name)}
    _queue(kind, str(proceeding_id), verb, kept, cause_id, now, proceeding_id=proceeding_id)


def report_licence(*, identifier: str, cause_id: int, now: datetime) -> None:
    """Queue a licence that came to be, or whose state is another one. Idempotent."""
    _queue(Reporting.LICENCE, identifier, "licence", {}, cause_id, now, proceeding_id=None)


def report_review(*, told: ReportedReview, cause_id: int, now: datetime) -> None:
    """Queue what somebody said of a service; nobody is named in it. Idempotent."""
    data = asdict(told) | {"at": told.at.isoformat()}
    _queue(Reporting.REVIEW, told.number, "review", data, cause_id, now, proceeding_id=None)


def _queue(
    kind: Reporting,
    subject: str,
    verb: str,
    told: dict[str, Any],
    cause_id: int,
    now: datetime,
    *,
    proceeding_id: int | None,
) -> None:
    Report.objects.bulk_create(
        [
            Report(
                message_id=uuid4(),
                cause_id=cause_id,
                kind=kind.value,
                subject=subject,
                verb=verb,
                told=told,
                proceeding_id=proceeding_id,
                happened_at=now,
                # Due at once by any clock.
                retry_at=_LONG_AGO,
            )
        ],
        ignore_conflicts=True,
    )


def send_reports(*, now: datetime, wall: datetime) -> int:
    """Send every report whose time has come, those of one subject in order; how many were taken.

    ``now`` is the city's time, ``wall`` the machine's.
    """
    earlier = Report.objects.filter(
        subject=OuterRef("subject"), id__lt=OuterRef("id"), state__in=OPEN_REPORTS
    )
    taken = 0
    while True:
        due = Report.objects.filter(state__in=OPEN_REPORTS, retry_at__lte=wall)
        ready = due.exclude(Exists(earlier)).order_by("id").values_list("id", flat=True)
        ids = list(ready[:AT_ONCE])
        if not ids:
            return taken
        taken += sum(send_report(report_id=one, now=now, wall=wall) for one in ids)


def send_report(*, report_id: int, now: datetime, wall: datetime) -> bool:
    """Try to deliver one report; whether it was taken. Safe to repeat, whoever was killed.

    As with messages to departments' systems the row is reserved first and the same message id
    sent again after whatever happened.
    """
    try:
        row = _claim(report_id, wall)
    except Refusal as no:
        # It cannot even be put into words: somebody has to look, the others go on.
        Report.objects.filter(pk=report_id).update(
            state=ReportState.REJECTED, reject_code=no.code, reject_sentence=no.sentence
        )
        return False
    if row is None:
        return False
    envelope = _envelope(row, now)
    mine = Report.objects.filter(pk=row.pk, state__in=OPEN_REPORTS, message_id=row.message_id)
    try:
        receipt = regional_platform().receive(envelope)
    except ReportRefused as no:
        mine.update(
            state=ReportState.REJECTED, reject_code=no.code, reject_sentence=no.sentence,
            sent_at=now, request_hash=envelope.request_hash,
        )  # fmt: skip
        return False
    except SystemUnreachable as error:
        is_over = HOURS.is_over(row.attempts)
        state = ReportState.GIVEN_UP if is_over else ReportState.FAILED
        mine.update(state=state, last_error=f"{type(error).__name__}: {error}"[:500])
        return False
    mine.update(
        state=ReportState.RECEIVED, receipt=receipt, sent_at=now, last_error="",
        reject_code="", reject_sentence="", request_hash=envelope.request_hash,
    )  # fmt: skip
    return True


def _claim(report_id: int, wall: datetime) -> Report | None:
    """Reserve a report until its next attempt; its words are fixed by the first one."""
    with transaction.atomic():
        row = (
            Report.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("proceeding__parent")
            .filter(pk=report_id, state__in=OPEN_REPORTS, retry_at__lte=wall)
            .first()
        )
        if row is None:
            return None
        row.attempts += 1
        row.retry_at = wall + HOURS.pause(row.attempts)
        if not row.body:
            row.body = {"id": str(row.message_id), "kind": row.kind, "fields": _fields(row)}
        row.save(update_fields=["attempts", "retry_at", "body"])
    return row


def _envelope(row: Report, now: datetime) -> Envelope:
    region = str(row.body["fields"]["data_source"])
    return Envelope(
        message_id=str(row.message_id),
        client=f"CN/GOV/{region}/{MEMBER}",
        service=f"CN/GOV/{region[:2]}0000/regional-platform/reports/v1",
        case_number=number_of(row),
        body=row.body,
        sent_at=now,
    )


def resend_reports(
    *, by: Actor, now: datetime, wall: datetime, report_id: int | None = None
) -> int:
    """Report again what the platform refused or nobody took; how many.

    Each is put into words anew, under a new message id: what was mended meanwhile is in it.
    Raises NotAllowed for anybody but the supervisor or an operator.
    """
    rules.need_operator(by)
    again = Report.objects.filter(state__in=[ReportState.REJECTED, ReportState.GIVEN_UP])
    if report_id is not None:
        again = again.filter(pk=report_id)
    count = 0
    with transaction.atomic():
        for row in again.select_for_update():
            row.message_id, row.body = uuid4(), {}
            row.state, row.attempts, row.retry_at = ReportState.QUEUED.value, 0, wall
            row.save(update_fields=["message_id", "body", "state", "attempts", "retry_at"])
            count += 1
        if count:
            tell_region("reports_resent", by=by, now=now, count=count)
    return count


def number_of(row: Report) -> str:
    """The number of the case or application, or the licence that a report is about."""
    return row.proceeding.number if row.proceeding else row.subject


# What a row says, in the house's own words; the border turns them into the region's.


def _fields(row: Report) -> dict[str, Any]:
    if row.kind == Reporting.LICENCE:
        return licence_fields(_licence(row))
    if row.kind == Reporting.REVIEW:
        return review_fields(_review(row))
    fields = result_fields if row.kind == Reporting.RESULT else process_fields
    return fields(_reported(row))


def _reported(row: Report) -> Reported:
    proceeding = row.proceeding
    if proceeding is None:  # only licences have none
        raise AssertionError(row.pk)
    organ = department(proceeding.department)
    whole = proceeding.parent.number if proceeding.parent else proceeding.number
    return Reported(
        number=proceeding.number,
        whole=whole,
        region=proceeding.region,
        department=(organ.name["zh"], organ.uscc),
        holder=_holder(proceeding.party_id),
        verb=row.verb,
        at=row.happened_at,
        item=_item(proceeding, organ.uscc) if proceeding.kind == "case" else None,
        told=row.told,
    )


def _item(case: Proceeding, uscc: str) -> ReportedItem:
    item = item_of(case)
    return ReportedItem(
        name=item.name.zh,
        task_code=item.task_code(uscc),
        catalog_code=item.catalog_code,
        project_type=item.project_type,
        promise=(item.promise.value, item.promise.unit),
        legal=(item.legal.value, item.legal.unit) if item.legal else None,
    )


def _licence(row: Report) -> ReportedLicence:
    one = get_licence(row.subject, city_date(row.happened_at))
    organ = department(one.department)
    return ReportedLicence(
        identifier=one.identifier,
        type_code=one.type_code,
        name=one.name,
        number=one.number,
        state=str(one.state),
        issuer=(organ.name["zh"], organ.uscc),
        holder=_holder(one.holder_id),
        region=one.region,
        case_number=one.case_number,
        issued_on=one.issued_on.isoformat(),
        valid_from=one.valid_from.isoformat(),
        valid_to=one.valid_to.isoformat() if one.valid_to else "",
        at=row.happened_at,
    )


def _review(row: Report) -> ReportedReview:
    said = dict(row.told)
    return ReportedReview(
        **{
            **said,
            "at": datetime.fromisoformat(said["at"]),
            "department": tuple(said["department"]),
            "tags": tuple(said["tags"]),
        }
    )


def _holder(party_id: int) -> tuple[str, str, str]:
    one = party(party_id)
    return str(one.kind), one.name, one.code
