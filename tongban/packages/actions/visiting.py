"""The joint visit on site (综合踏勘): the applicant meets all departments once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases.actions.visits import BASIS, drop_visit_in, set_visit_in, wants_visit
from tongban.cases.rules import need_text
from tongban.cases.rules.visits import NoJointVisit
from tongban.catalogue.queries import calendar, parameters
from tongban.engine.actions import Act
from tongban.kernel.refusals import BadInput, worded
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def notice_days(now: datetime) -> int:
    """How many working days ahead a joint visit is announced; content says it."""
    values = parameters(city_date(now)).get("joint_visit_notice_days", ())
    return int(values[-1][1]) if values else 0


def propose_visit(
    *, package_id: int, held_at: datetime, place: str, by: Actor, now: datetime
) -> None:
    """Appoint one visit for all items whose check on site is still to be made.

    By the lead department; a new time takes the place of the old one, and the departments name
    their officers anew. The clocks run on. Raises NoJointVisit where fewer than two items are
    left, BadInput for a time that is too near or no working day.
    """
    place = need_text("place", place, "请写明踏勘的地点。")
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        _need_time(held_at, package.region, now)
        going = [case for case in act.children_of(package) if wants_visit(case)]
        if len(going) < 2 and not package.is_ended:
            raise NoJointVisit(
                "需要现场核查而还没有核查的事项不到两个，不需要综合踏勘。",
                facts={"number": package.number},
            )
        items = [case.facts["item"] for case in going]
        visit = {"at": held_at.isoformat(), "place": place, "items": items}
        package.facts = {**package.facts, "visit": visit}
        act.move(package, "propose_visit", basis=BASIS, body=visit)
        for case in going:
            set_visit_in(act, case, held_at, place)


def cancel_visit(*, package_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Call the joint visit off; each department checks by itself. Raises NoJointVisit."""
    reason = need_text("reason", reason, "请写明取消的原因，申请人会看到。")
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        if not package.facts.get("visit"):
            raise NoJointVisit("没有约定综合踏勘。", facts={"number": package.number})
        package.facts = {k: v for k, v in package.facts.items() if k != "visit"}
        act.move(package, "cancel_visit", body={"reason": reason})
        for case in act.children_of(package):
            if case.facts.get("visit") and wants_visit(case):
                drop_visit_in(act, case)


def _need_time(at: datetime, region: str, now: datetime) -> None:
    days, need = calendar(region), notice_days(now)
    day = city_date(at)
    if not days.is_working(day):
        raise BadInput.at("day", "not-working", "请选择工作日。")
    if days.working_days_between(city_date(now), day) < need:
        raise BadInput.at(
            "day", "too-near", worded("综合踏勘应当提前 {need} 个工作日约定。", need=need)
        )
