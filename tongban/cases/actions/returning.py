"""Acceptance and approval are apart: what was accepted wrongly goes back to the window, once.

The window accepts by standard; a department may not open the acceptance again but by this return,
within the days of the content, with its reason, and each is told to supervision (domain-03 §3.13).
The clocks of the case run on: the applicant does not pay for a mistake of the house.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases import rules
from tongban.cases.actions.route import item_of, open_turn
from tongban.catalogue.queries import calendar, parameters
from tongban.engine.actions import Act, Locked
from tongban.engine.rules import require_step
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.engine.actions import StepRow
    from tongban.kernel.actors import Actor

STEP = "wrong_acceptance"


def return_acceptance(*, case_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Send a case back to the window that accepted it; the route waits, the clocks run on.

    Once, and within the working days of the content after the acceptance. Raises
    ReturnNotPossible, BadInput without the reason.
    """
    reason = rules.need_text("reason", reason, "请写明受理有什么错误、依据是什么。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        rules.need_here(item_of(case), case, by)
        package = act.parent_of(case)
        on = city_date(now)
        days = int(parameters(on)["wrong_acceptance_days"][-1][1])
        since = case.accepted_at or case.opened_at
        last = calendar(case.region).add_working_days(city_date(since), days)
        rules.need_returnable(
            is_used=bool(case.facts.get("returned")), is_late=on > last, number=case.number
        )
        case.facts = {**case.facts, "returned": now.isoformat()}
        told = {"item": case.facts["item"], "reason": reason}
        act.cancel_steps(case, "returned")
        act.move(case, "return_acceptance", public=False, body=told)
        lead = package.department if package else case.department
        act.open_step(case, STEP, role="window", department=lead)


def uphold_acceptance(*, case_id: int, opinion: str, by: Actor, now: datetime) -> None:
    """The window has looked again and the acceptance stands: the route begins anew."""
    opinion = rules.need_text("opinion", opinion, "请写明维持受理的理由。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        step = returned_step(case, by)
        act.close_step(step, "upheld")
        told = {"item": case.facts["item"], "reason": opinion}
        act.move(case, "uphold_acceptance", public=False, body=told, holds=step)
        open_turn(act, case, item_of(case), 0)


def returned_step(case: Locked, by: Actor) -> StepRow:
    """The step of the window to which a case was returned. Raises ReturnNotPossible."""
    step = case.open_step(STEP)
    if step is None:
        raise rules.ReturnNotPossible(
            "本件没有退回窗口，不能这样办理。", facts={"number": case.number}
        )
    require_step(by, case, step)
    return step
