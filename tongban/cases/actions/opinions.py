"""Opinions of other departments: asked beside the route, each with a clock; the case runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases import rules
from tongban.cases.actions.route import require_work
from tongban.cases.actions.sides import begin_side, need_accepted, new_side
from tongban.cases.models import Advice
from tongban.cases.rules import sides as side_rules
from tongban.catalogue.queries import department_names, package_version
from tongban.engine.actions import Act, Locked
from tongban.engine.states import StepParty
from tongban.kernel.refusals import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.kernel.actors import Actor


def ask_opinion(
    *,
    case_id: int,
    departments: Sequence[str],
    question: str,
    countersign: bool,
    by: Actor,
    now: datetime,
) -> list[str]:
    """Ask other departments for their opinion (征求意见), or to sign jointly (会签, countersign).

    Each gets a proceeding of its own in its inbox, with the days of the content; answers their
    numbers. The clocks of the case run on. A decision waits for the answers; whether silence
    counts as no objection is said by the clock in the content. Raises BadInput without a
    question, or for a department that is unknown, the own one, or asked already.
    """
    question = rules.need_text("question", question, "请写明要对方就什么提出意见。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id, family=True)
        need_accepted(case, by)
        require_work(case, by)
        asked = {
            one.department
            for one in act.children_of(case)
            if one.kind == "opinion" and not one.is_ended
        }
        for department in departments:
            _need_other(department, case, asked)
        if not departments:
            raise BadInput.at("department", "missing", "请选择要征求意见的部门。")
        verb = "begin_countersign" if countersign else "begin_opinion"
        clock = side_rules.begun_clock(verb, package_version(case.version_id).compiled)
        facts = {"countersign": countersign, "days": clock.length if clock else 0}
        opened = [
            begin_side(
                act,
                case,
                new_side(case, "opinion", facts, department=department),
                verb=verb,
                body=facts,
                whose=StepParty.GOVERNMENT,
            )
            for department in dict.fromkeys(departments)
        ]
        for one in opened:
            Advice.objects.create(proceeding_id=one.id, question=question)
        told = {
            "item": case.facts["item"],
            "departments": [one.department for one in opened],
            **facts,
        }
        against = [d for d in case.facts.get("against", ()) if d not in told["departments"]]
        case.facts = {**case.facts, "against": against}
        act.move(case, "ask_opinion", public=False, body=told)
    return [one.number for one in opened]


def _need_other(department: str, case: Locked, asked: set[str]) -> None:
    """Refuse a department that cannot be asked now."""
    why = {
        "请从列表中选择要征求意见的部门。": department not in department_names(),
        "不用向本部门征求意见。": department == case.department,
        "已经向这个部门征求意见，还没有答复。": department in asked,
    }
    for sentence, holds in why.items():
        if holds:
            raise BadInput.at("department", "unfit", sentence)


def give_opinion(*, opinion_id: int, agrees: bool, text: str, by: Actor, now: datetime) -> None:
    """Answer a request for an opinion; who does not agree says why. BadInput without.

    A department that signs jointly and does not agree keeps the case from being granted.
    """
    if not agrees:
        text = rules.need_text("text", text, "不同意的，请写明理由和依据。")
    with Act(by=by, now=now) as act:
        opinion = act.lock(opinion_id)
        case = act.parent_of(opinion)
        if case is not None and opinion.facts["countersign"] and not agrees:
            against = {*case.facts.get("against", ()), opinion.department}
            case.facts = {**case.facts, "against": sorted(against)}
        act.close_steps(opinion, "agrees" if agrees else "objects")
        told = {"item": opinion.facts["item"], "agrees": agrees}
        opinion.facts = {**opinion.facts, "agrees": agrees}
        act.move(opinion, "give_opinion", body=told)
        Advice.objects.filter(proceeding_id=opinion.id).update(
            agrees=agrees, text=text.strip(), by_account=by.id, at=now
        )


def lapse_opinion_in(act: Act, opinion: Locked, clock: str) -> None:
    """No answer in time, and content counts that as no objection."""
    del clock
    act.move(opinion, "lapse_opinion", body={"item": opinion.facts["item"]})
