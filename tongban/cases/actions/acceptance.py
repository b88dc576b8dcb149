"""What an officer says before acceptance: not competent, not needed, or what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.cases import rules
from tongban.cases.actions.returning import returned_step
from tongban.cases.actions.route import item_of
from tongban.cases.models import Requirement
from tongban.cases.states import CaseState
from tongban.engine.actions import Act

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def refuse_acceptance(
    *, case_id: int, reason: str, right_body: str, by: Actor, now: datetime
) -> None:
    """Refuse to accept because the body is not competent; the right body must be named.

    行政许可法 32(1)(2). Raises BadInput without reason or right body.
    """
    reason = rules.need_text("reason", reason, "请写明不予受理的理由。")
    right_body = rules.need_text("right_body", right_body, "请写明应当向哪个机关申请。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        rules.need_here(item_of(case), case, by)
        # What was accepted already is refused by the window alone, when it was returned to it.
        step = returned_step(case, by) if case.state == CaseState.ACCEPTED else None
        act.move(
            case,
            "refuse_acceptance",
            holds=step,
            basis="行政许可法第三十二条第一款第二项",
            body={"right_body": right_body, "item": case.facts["item"], "reason": reason},
        )


def declare_not_required(*, case_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Tell at once that no licence is needed (行政许可法 32(1)(1)); BadInput without reason."""
    reason = rules.need_text("reason", reason, "请写明不需要办理的理由。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        rules.need_here(item_of(case), case, by)
        act.move(
            case,
            "not_require",
            basis="行政许可法第三十二条第一款第一项",
            body={"item": case.facts["item"], "reason": reason},
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """One missing or wrong thing as an officer writes it."""

    target: str
    problem: str
    remedy: str
    clause: str = ""


def raise_requirement(*, case_id: int, missing: Missing, by: Actor, now: datetime) -> None:
    """Note what the applicant must correct; the lead window collects all in one notice.

    An officer writes it, or the department's own system sends it. Refused once the notice has
    been sent (行政许可法 32(4): once, everything).
    """
    problem = rules.need_text("problem", missing.problem, "请写明缺什么或错在哪里。")
    remedy = rules.need_text("remedy", missing.remedy, "请写明怎样补正。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        rules.need_here(item_of(case), case, by)
        rules.need_target(item_of(case), missing.target)
        package = act.parent_of(case)
        if package is not None and package.facts.get("noticed"):
            raise rules.NoticeSentAlready(
                "补正告知书已经一次性发出，不能再追加要求。确需追加的，请报监督部门处理。",
                basis="行政许可法第三十二条第一款第四项",
                facts={"number": case.number},
            )
        Requirement.objects.create(
            proceeding_id=case.id,
            target=missing.target,
            problem=problem,
            remedy=remedy,
            clause=missing.clause,
            raised_by=by.id,
            raised_at=now,
        )
        act.move(case, "raise_requirement", body={"target": missing.target}, public=False)


def clear_requirement(*, case_id: int, requirement_id: int, by: Actor, now: datetime) -> None:
    """Take a requirement back before the notice, or mark it as met after the supply."""
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        rules.need_here(item_of(case), case, by)
        found = Requirement.objects.filter(
            id=requirement_id, proceeding_id=case.id, cleared_at=None
        ).update(cleared_at=now)
        if not found:
            act.drop()
            return
        act.move(case, "clear_requirement", body={"requirement": requirement_id}, public=False)
