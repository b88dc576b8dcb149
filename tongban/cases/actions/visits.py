"""How a case takes part in a joint visit on site (综合踏勘)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases.actions.route import item_of
from tongban.cases.queries import companions_for
from tongban.cases.rules import visits
from tongban.cases.states import CaseState
from tongban.cases.states.sides import OFFICERS
from tongban.engine.actions import Act, Locked
from tongban.engine.rules import excluded_from, require
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.kernel.actors import Actor

BASIS = "行政许可法第二十六条第二款"


def wants_visit(case: Locked) -> bool:
    """Whether a check on site of this case is still to be made."""
    step = visits.site_step(item_of(case))
    if step is None or case.state != CaseState.ACCEPTED:
        return False
    return not any(s.code == step.code and s.state == "done" for s in case.steps)


def set_visit_in(act: Act, case: Locked, held_at: datetime, place: str) -> None:
    """Take part in the appointment: who comes along is named anew."""
    case.facts = {**case.facts, "visit": {"at": held_at.isoformat(), "place": place}}
    told = {"item": case.facts["item"], "at": held_at.isoformat(), "place": place}
    act.record(case, "set_visit", body=told, public=False)


def drop_visit_in(act: Act, case: Locked) -> None:
    """The joint visit does not take place: the case is checked on site by itself."""
    case.facts = {k: v for k, v in case.facts.items() if k != "visit"}
    act.record(case, "drop_visit", body={"item": case.facts["item"]}, public=False)


def join_visit(*, case_id: int, officers: Sequence[int], by: Actor, now: datetime) -> None:
    """A department joins the visit with two officers of its own (行政许可法 34(3)).

    They may be named anew until the visit. Raises NoJointVisit, BadInput.
    """
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        require(by, case, *OFFICERS)
        step, at = visits.site_step(item_of(case)), visits.visit_at(case.facts)
        if step is None or at is None or at <= now or not wants_visit(case):
            raise visits.NoJointVisit(
                "本件现在没有可以参加的综合踏勘。", facts={"number": case.number}
            )
        on = city_date(now)
        fit = {one.account_id for one in companions_for(step, case.region, on=on)}
        going = visits.need_two(officers, fit - excluded_from(case.facts, step.code), step)
        case.facts = {**case.facts, "visit": {**case.facts["visit"], "officers": going}}
        told = {"item": case.facts["item"], "companions": going}
        act.record(case, "join_visit", body=told, public=False)
