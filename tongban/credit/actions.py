"""Writes of credit: an event is noted, objected to, upheld or lifted, repaired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.catalogue.queries import live
from tongban.credit import rules
from tongban.credit.models import CreditRecord
from tongban.credit.states import RecordState
from tongban.engine.actions import Act, NewProceeding
from tongban.kernel.actors import SYSTEM
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

PREFIX = "XY"


@dataclass(frozen=True, slots=True)
class Event:
    """What is to be noted about a party. ``cause`` names what happened; it is noted once."""

    kind: str
    party_id: int
    region: str
    department: str
    version_id: int
    case_number: str
    reason: str
    cause: str


def note_event(*, event: Event, now: datetime) -> str:
    """Note an event of credit; answers the number of its record. Idempotent by its cause."""
    before = CreditRecord.objects.filter(cause=event.cause).select_related("proceeding").first()
    if before is not None:
        return before.proceeding.number
    content = live("credit")
    kind = content["kinds"][event.kind]
    on = city_date(now)
    with Act(by=SYSTEM, now=now) as act:
        record = act.open([_record(event, int(content["objection"]["value"]))])[0]
        act.begin(record, "note_credit", body={"kind": event.kind, "of": event.case_number})
        act.also(
            _ROW,
            [
                record.id,
                event.kind,
                event.case_number,
                event.cause,
                on,
                rules.until(on, int(kind["months"]["value"])),
                bool(kind["published"]),
            ],
        )
    return record.number


_ROW = (
    "INSERT INTO credit_creditrecord (proceeding_id, kind, case_number, cause, noted_on, until,"
    " is_published) VALUES (%s, %s, %s, %s, %s, %s, %s)"
)


def _record(event: Event, objection_days: int) -> NewProceeding:
    return NewProceeding(
        kind="credit",
        prefix=PREFIX,
        region=event.region,
        department=event.department,
        party_id=event.party_id,
        version_id=event.version_id,
        state=RecordState.STANDING,
        facts={"kind": event.kind, "reason": event.reason, "days": objection_days},
    )


def object_to_record(*, record_id: int, reason: str, by: Actor, now: datetime) -> None:
    """The person says that a record is wrong; until the answer it bars nothing.

    Raises ObjectedAlready the second time, BadInput without a reason.
    """
    reason = rules.need_text("reason", reason, "请写明您认为记录有误的事实和理由。")
    with Act(by=by, now=now) as act:
        record = act.lock(record_id)
        if record.facts.get("objection"):
            raise rules.ObjectedAlready(
                "对同一条记录只能提出一次异议，部门已经答复过。",
                facts={"number": record.number},
                instead=("仍不服的，可以依法申请行政复议或者提起行政诉讼。",),
            )
        record.facts = {**record.facts, "objection": reason}
        act.move(record, "object")
        act.open_step(record, "credit_objection", role="head")


def answer_objection(
    *, record_id: int, upheld: bool, answer: str, by: Actor, now: datetime
) -> None:
    """Answer an objection with reasons: uphold the record or lift it."""
    answer = rules.need_text("answer", answer, "请写明核查结果和理由，当事人会看到。")
    with Act(by=by, now=now) as act:
        record = act.lock(record_id)
        verb = "uphold" if upheld else "lift"
        record.facts = {**record.facts, "answer": answer}
        act.close_steps(record, verb)
        act.move(record, verb, body={"answer": answer})


def repair_record(*, record_id: int, answer: str, by: Actor, now: datetime) -> None:
    """The person has put right what was wrong: the record ends before its time (信用修复)."""
    answer = rules.need_text("answer", answer, "请写明准予修复的理由。")
    with Act(by=by, now=now) as act:
        record = act.lock(record_id)
        record.facts = {**record.facts, "answer": answer}
        act.move(record, "repair", body={"answer": answer})
