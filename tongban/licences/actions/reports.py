"""Answers to what people said of a shop before 12345 took such reports as tickets (R111)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tongban.kernel.refusals import BadInput, NotAllowed
from tongban.licences import events
from tongban.licences.queries import comprehensive as shops
from tongban.licences.states import REPORT_LIFE
from tongban.notices.actions import send_message
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor
    from tongban.licences.models import Comprehensive, Report

LONGEST_REPORT = 2000
_ANSWERS = frozenset({"window", "head"})


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


def _journal(one: Comprehensive, report: Report, verb: str, *, by: Actor, now: datetime) -> None:
    entry = NewEntry(
        stream=events.COMPREHENSIVE_STREAM,
        stream_id=one.pk,
        verb=verb,
        region=one.region,
        body={"number": one.number, "report": report.pk, "kind": report.kind},
    )
    append([entry], by=by, now=now)
