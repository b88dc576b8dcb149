"""What lengthens, stops or ends the handling of an accepted case: the corners of the law."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases import rules
from tongban.cases.actions.route import item_of, require_work
from tongban.cases.actions.sides import begin_side, new_side
from tongban.cases.queries import URGING, urge_share
from tongban.cases.states import CaseState
from tongban.catalogue.queries import calendar
from tongban.engine.actions import Act
from tongban.engine.rules import require
from tongban.engine.states import StepParty
from tongban.kernel.clocks import read_ledger
from tongban.kernel.worktime import city_date
from tongban.people.queries import officers_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.kernel.actors import Actor

LEGAL_CLOCKS = ("legal", "legal_from_receipt")


def start_special(
    *, case_id: int, procedure: str, days: int, reason: str, by: Actor, now: datetime
) -> str:
    """Start a special procedure; the clocks of the case stand still until it ends (行政许可法 45).

    ``days`` are the working days that the applicant is told in writing. Answers the number of the
    procedure. Raises BadInput for a procedure that the item does not announce, days that content
    does not allow, or no reason.
    """
    reason = rules.need_text("reason", reason, "请写明为什么需要这项特别程序。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        rules.need_here(item_of(case), case, by)
        require_work(case, by)
        found = rules.need_procedure(item_of(case), procedure, life="told")
        told = {
            "item": case.facts["item"],
            "procedure": found.code,
            "days": rules.need_days(days, found),
            "reason": reason,
        }
        new = new_side(
            case,
            "special",
            {
                "procedure": found.code,
                "days": days,
                "party": found.party,
                **({"officers": found.officers} if found.officers > 1 else {}),
            },
        )
        special = begin_side(
            act,
            case,
            new,
            verb="begin_special",
            body={"procedure": found.code, "days": days},
            whose=StepParty(found.party),
        )
        told["special"] = special.number
        act.move(case, "start_special", basis=found.basis, body=told)
    return special.number


def conclude_special(*, special_id: int, finding: str, by: Actor, now: datetime) -> None:
    """End a special procedure with what it found; the clocks of the case run on."""
    finding = rules.need_text("finding", finding, "请写明特别程序的结果。")
    with Act(by=by, now=now) as act:
        special = act.lock(special_id)
        if not special.is_ended:
            need = int(special.facts.get("officers", 1))
            rules.need_inspectors(special.facts.get("inspectors", ()), need)
        act.close_steps(special, "concluded")
        special.facts = {**special.facts, "finding": finding}
        act.move(special, "conclude_special", body={"procedure": special.facts["procedure"]})


def assign_inspectors(
    *, special_id: int, accounts: Sequence[int], by: Actor, now: datetime
) -> None:
    """Assign those who inspect or test: two or more, within five working days (行政许可法 55)."""
    with Act(by=by, now=now) as act:
        special = act.lock(special_id)
        named = sorted(set(accounts))
        fit = {
            one.account_id
            for role in ("reviewer", "checker")
            for one in officers_for(
                f"{special.department}.{role}", special.region, on=city_date(now)
            )
        }
        rules.need_inspectors(fit & set(named), int(special.facts.get("officers", 1)))
        special.facts = {**special.facts, "inspectors": named}
        told = {"procedure": special.facts["procedure"], "inspectors": named}
        act.move(special, "assign_inspectors", basis="行政许可法第五十五条", body=told)


def extend_case(*, case_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Extend the legal limit, once, by what the item's law allows (行政许可法 42(1)).

    The head of the department approves, and the applicant is told the reason. Raises
    NotExtendable where no extension is provided, it was used, or the limit has passed.
    """
    reason = rules.need_text("reason", reason, "请写明延长期限的理由，申请人会看到。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        rules.need_here(item_of(case), case, by)
        extension = item_of(case).extension
        clock = next((case.clocks[name] for name in LEGAL_CLOCKS if name in case.clocks), None)
        if case.state == CaseState.ACCEPTED:
            due = clock.due_at if clock else None
            rules.need_extendable(
                is_provided=extension is not None and clock is not None,
                is_used=clock is not None and clock.ledger.extended_at is not None,
                is_over=due is not None and due <= now,
                number=case.number,
            )
        days = extension.value if extension else 0
        told = {"item": case.facts["item"], "days": days, "reason": reason}
        basis = (extension.basis if extension else "") or "行政许可法第四十二条第一款"
        act.move(case, "extend", basis=basis, body=told)


def urge_case(*, case_id: int, by: Actor, now: datetime) -> None:
    """Urge whoever works on a case (催办): its applicant, or the head of the department.

    Once a working day, and not before a share of the limit that content names. Raises
    NotToBeUrged and NotAllowed.
    """
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        require(by, case, "applicant", *URGING)
        if case.open_step() is None:
            raise rules.NotToBeUrged("现在没有等待办理的环节，不需要催办。")
        days = calendar(case.region)
        clocks = {
            spec.name: read_ledger(spec, case.clocks[spec.name].ledger, days, now)
            for spec in case.law.specs(case)
            if spec.name in case.clocks
        }
        share = urge_share(city_date(now))
        no = rules.why_not_urge(clocks, case.facts, share=share, calendar=days, now=now)
        if no is not None:
            raise no
        count = rules.urged(case.facts).count + 1
        case.facts = {**case.facts, "urged": {"count": count, "at": now.isoformat()}}
        act.record(case, "urge", body={"item": case.facts["item"], "count": count})


def terminate_case(*, case_id: int, reason: str, by: Actor, now: datetime) -> None:
    """End a case that cannot go on: the applicant died or was dissolved, or cheated."""
    reason = rules.need_text("reason", reason, "请写明终止办理的事实和理由。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        rules.need_here(item_of(case), case, by)
        act.move(case, "terminate", body={"item": case.facts["item"], "reason": reason})
