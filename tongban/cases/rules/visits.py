"""The joint visit on site (综合踏勘): one appointment, two officers and a record of each item."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tongban.kernel.refusals import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tongban.catalogue.rules.compiled import CompiledItem, CompiledStep


class NoJointVisit(Refusal):
    """There is no joint visit, or nothing that it could be for."""

    code = "no-joint-visit"


class VisitAhead(Refusal):
    """A check on site was to be recorded before the joint visit has taken place."""

    code = "visit-ahead"


def site_step(item: CompiledItem) -> CompiledStep | None:
    """The check on site in an item's route: the step that takes several officers (34(3))."""
    return next((step for turn in item.route for step in turn if step.officers > 1), None)


def visit_at(facts: Mapping[str, Any]) -> datetime | None:
    """When the joint visit of a case is; None where there is none."""
    found = facts.get("visit")
    return datetime.fromisoformat(found["at"]) if found else None


def need_after_visit(facts: Mapping[str, Any], now: datetime, number: str) -> None:
    """Refuse to record a check on site before the appointment that all departments share."""
    at = visit_at(facts)
    if at is not None and now < at:
        raise VisitAhead(
            "本件参加综合踏勘，各部门一起到现场，还没有到约定的时间。需要改时间的，请与牵头部门商量。",
            facts={"number": number, "at": at.isoformat()},
        )


def need_two(named: Collection[int], fit: Collection[int], step: CompiledStep) -> list[int]:
    """The officers whom a department sends; BadInput where they are too few or not its own."""
    going = sorted(set(named))
    if set(going) - set(fit):
        sentence = "参加踏勘的必须是本部门在岗的工作人员。"
        raise BadInput(sentence, problems=(Problem("first", "unknown", sentence),))
    if len(going) < step.officers:
        sentence = f"现场核查应当由 {step.officers} 名以上工作人员进行，请选择两名不同的人员。"
        raise BadInput(sentence, problems=(Problem("second", "missing", sentence),))
    return going


def companions_of(facts: Mapping[str, Any], by: int, named: Iterable[int]) -> list[int]:
    """Who did a check together with ``by``: those named with the visit, and those named now."""
    going = set(facts.get("visit", {}).get("officers", ()))
    return sorted((going | set(named)) - {by})
