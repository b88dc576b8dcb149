"""Objections to a public notice (公示异议): made by anybody concerned, answered by the decider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.cases import rules
from tongban.cases.actions.route import held_step, item_of
from tongban.cases.models import Decision, Objection
from tongban.cases.rules import publicity
from tongban.cases.rules.sides import need_short
from tongban.cases.states import CaseState, Result
from tongban.engine.actions import Act, Locked, StepRow
from tongban.kernel.worktime import city_date
from tongban.people.queries import masked

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.catalogue.rules.compiled import CompiledStep
    from tongban.kernel.actors import Actor

STEP = "notice_objection"
MOST_OPEN = 50


@dataclass(frozen=True, slots=True)
class NewObjection:
    """Who objects, how to reach him, what his interest is, and what he says.

    ``contact`` is kept sealed, and shown masked.
    """

    name: str
    contact: str
    interest: str
    text: str


def notice_of(case: Locked) -> tuple[CompiledStep, StepRow] | None:
    """The public notice of a case that stands now; None where none does."""
    spec = publicity.notice_step(item_of(case))
    step = case.open_step(spec.code) if spec else None
    return (spec, step) if spec and step else None


def object_to_notice(*, case_id: int, objection: NewObjection, by: Actor, now: datetime) -> None:
    """Object while the notice stands; from then on it is not passed before an answer.

    By anybody: the registrar looks whether he is concerned. Raises NoticeOver, BadInput.
    """
    name = need_short("name", objection.name, "请填写您的姓名或者单位名称。")
    contact = need_short("contact", objection.contact, "请填写联系电话，以便核实。")
    interest = rules.need_text("interest", objection.interest, "请写明您与这家企业的利害关系。")
    text = rules.need_text("text", objection.text, "请写明异议的事实和理由。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        found = notice_of(case) if case.state == CaseState.ACCEPTED else None
        waiting = Objection.objects.filter(proceeding_id=case_id, answered_at=None).count()
        if found is None or _is_over(*found, now) or waiting >= MOST_OPEN:
            raise publicity.NoticeOver(
                "这项公示现在不接受异议：公示期已经届满或者已经结束。可以向登记机关直接反映。",
                facts={"number": case.number},
            )
        Objection.objects.create(
            proceeding_id=case.id, name=name, contact=masked("phone", contact),
            interest=interest, text=text, made_at=now,
        )  # fmt: skip
        if case.open_step(STEP) is None:
            act.open_step(case, STEP, role="decider", turn=found[1].turn)
        told = {"item": case.facts["item"]}
        private = {"name": name, "contact": contact}
        act.record(case, "object_to_notice", basis=found[0].basis, body=told, private=private)


def _is_over(spec: CompiledStep, step: StepRow, now: datetime) -> bool:
    return city_date(now) > publicity.last_day(city_date(step.opened_at), spec.notice_days)


def answer_notice_objection(
    *, case_id: int, upheld: bool, reason: str, by: Actor, now: datetime
) -> None:
    """Answer what was objected, all at once, by who holds the step.

    Upheld, the simple way ends with a denial that names the general way; what was done besides
    stays. Not upheld, the notice goes on to its last day. Raises BadInput without the reason.
    """
    reason = rules.need_text("reason", reason, "请写明核实的情况和理由，申请人会看到。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        step = held_step(case, STEP, by)
        act.close_step(step, "upheld" if upheld else "rejected")
        Objection.objects.filter(proceeding_id=case.id, answered_at=None).update(
            upheld=upheld, answer=reason, answered_by=by.id, answered_at=now
        )
        if not upheld:
            told = {"item": case.facts["item"], "reason": reason}
            act.record(case, "reject_objection", body=told)
            return
        case.facts = {**case.facts, "general_way": True}
        Decision.objects.create(
            proceeding_id=case.id, result=Result.DENY, reasons=reason, decided_by=by.id,
            decided_at=now,
        )  # fmt: skip
        act.move(case, "deny", body={"item": case.facts["item"], "objected": True})
