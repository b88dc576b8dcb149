"""What people say after scanning a shop's code, and the answer of a person (R111)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.kernel.refusals import BadInput, NotAllowed, Refusal
from tongban.kernel.worktime import city_date
from tongban.licences import events
from tongban.licences.models import Comprehensive, Report
from tongban.licences.queries import comprehensive as shops
from tongban.licences.states import REPORT_LIFE, ReportState
from tongban.notices.actions import send_message
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

LONGEST_REPORT = 2000
LONGEST_CONTACT = 100
KINDS = ("complaint", "report")
_ANSWERS = frozenset({"window", "head"})


class TooManyReports(Refusal):
    """So many reports about one shop wait that another by machine would hide the others."""

    code = "too-many-reports"
    status = 409


def report_shop(
    *, serial: str, kind: str, text: str, contact: str, by: Actor | None, now: datetime
) -> Report:
    """Keep what somebody says about the shop behind a code; its department answers.

    Nobody needs an account; who has one is told of the answer. The contact is optional. Raises
    NotFound, BadInput, and TooManyReports where more wait than the content allows.
    """
    words, reach = text.strip(), contact.strip()
    _need(kind, words, reach)
    with transaction.atomic():
        found = shops.get_comprehensive(serial)
        one = Comprehensive.objects.select_for_update().get(pk=found.pk)
        waiting = Report.objects.filter(comprehensive=one, state=ReportState.OPEN.value).count()
        if waiting >= shops.most_open_reports(city_date(now)):
            raise TooManyReports(
                "这家店还有很多反映正在处理。紧急情况请拨打 12345。", facts={"waiting": waiting}
            )
        report = Report.objects.create(
            comprehensive=one,
            region=one.region,
            department=one.department,
            code=uuid.uuid4().hex.upper(),
            kind=kind,
            text=words,
            contact=reach,
            reporter_id=by.party_id if by is not None and by.kind == "citizen" else None,
            made_at=now,
        )
        _journal(one, report, events.REPORTED, by=by, now=now)
    return report


def answer_report(*, report_id: int, answer: str, by: Actor, now: datetime) -> Report:
    """Answer a report, once; the reporter reads it by his code, or is told in his inbox.

    Raises NotFound, NotAllowed for whoever is not of the lead department, BadInput for an empty
    answer and MoveNotAllowed where somebody has answered before.
    """
    words = answer.strip()
    if not words:
        raise BadInput.at("answer", "missing", "请写下答复。")
    with transaction.atomic():
        report = shops.lock_report(report_id, by)
        if not any(f"{report.department}.{role}" in by.queues for role in _ANSWERS):
            raise NotAllowed("只有牵头部门的窗口或负责人可以答复。")
        report.state = REPORT_LIFE.target(report.state, "answer").value
        report.answer = words[:LONGEST_REPORT]
        report.answered_by = by.id
        report.answered_at = now
        report.save(update_fields=["state", "answer", "answered_by", "answered_at"])
        one = report.comprehensive
        _journal(one, report, events.ANSWERED, by=by, now=now)
        if report.reporter_id is not None:
            send_message(
                party_id=report.reporter_id,
                key="report_answered",
                params={"number": one.number, "answer": report.answer},
                dedup=f"report/{report.pk}",
                now=now,
            )
    return report


def _need(kind: str, words: str, reach: str) -> None:
    if kind not in KINDS:
        raise BadInput.at("kind", "missing", "请选择是投诉还是举报。")
    if not words:
        raise BadInput.at("text", "missing", "请写下您看到的情况。")
    if len(words) > LONGEST_REPORT:
        raise BadInput.at("text", "too-long", "情况说明最多 2000 个字。")
    if len(reach) > LONGEST_CONTACT:
        raise BadInput.at("contact", "too-long", "联系方式最多 100 个字。")


def _journal(
    one: Comprehensive, report: Report, verb: str, *, by: Actor | None, now: datetime
) -> None:
    entry = NewEntry(
        stream=events.COMPREHENSIVE_STREAM,
        stream_id=one.pk,
        verb=verb,
        region=one.region,
        body={"number": one.number, "report": report.pk, "kind": report.kind},
    )
    append([entry], by=by or shops.ANYBODY, now=now)
