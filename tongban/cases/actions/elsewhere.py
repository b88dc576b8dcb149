"""What a department's own system tells of a case that it works on: taken in, a step, a decision.

``now`` is when it happened there, so that the clocks count as if it had been done here at that
moment; ``told`` goes into the entry and says when it was heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tongban.cases import rules
from tongban.cases.actions.deciding import note_decision
from tongban.cases.actions.issuing import mark_issued, stated_licence
from tongban.cases.actions.route import item_of, note_opinion, open_turn
from tongban.cases.actions.sides import need_nothing_open
from tongban.cases.states import CaseState, Result
from tongban.engine.actions import Act
from tongban.kernel.refusals import BadInput, MoveNotAllowed, Problem
from tongban.licences.actions import MirroredLicence, mirror_licence
from tongban.licences.queries import identifier_of
from tongban.people.queries import department

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from tongban.kernel.actors import Actor


def take_in_elsewhere(
    *, case_id: int, by: Actor, now: datetime, told: Mapping[str, Any], place: str = ""
) -> None:
    """The department's system has taken the case in; its state and clocks stay as they are."""
    with Act(by=by, now=now, place=place) as act:
        case = act.lock(case_id)
        body = {"item": case.facts["item"], **told}
        act.record(case, "take_in_elsewhere", body=body)


def pass_elsewhere(
    *,
    case_id: int,
    step_code: str,
    opinion: str,
    by: Actor,
    now: datetime,
    told: Mapping[str, Any],
    place: str = "",
) -> None:
    """A step of the route was passed there; the next ones open as they would here.

    Raises BadInput for a step that is not on the route of the item, RouteNotDone for one that is
    not open.
    """
    with Act(by=by, now=now, place=place) as act:
        case = act.lock(case_id)
        item = item_of(case)
        if step_code not in {step.code for turn in item.route for step in turn}:
            sentence = "本事项的办理流程中没有这个环节。"
            raise BadInput(sentence, problems=(Problem("step", "unknown", sentence),))
        step = case.open_step(step_code)
        if step is None or step.code == "decide":
            raise rules.RouteNotDone(
                "这个环节现在没有打开。", facts={"number": case.number, "step": step_code}
            )
        act.close_step(step, "pass")
        note_opinion(act, case, step, "pass", opinion)
        if not any(s.is_open and s.turn == step.turn for s in case.steps):
            open_turn(act, case, item, step.turn + 1)
        act.move(case, "pass_step", body={"step": step.code, "item": case.facts["item"], **told})


def decide_elsewhere(
    *,
    case_id: int,
    result: Result,
    reasons: str,
    by: Actor,
    now: datetime,
    told: Mapping[str, Any],
    place: str = "",
) -> None:
    """The department decided there; what was open of the route is closed with the result.

    A denial carries its reasons (行政许可法 38); BadInput without. The licence of a grant is not
    made here: the department's system tells of it.
    """
    if result is Result.DENY:
        reasons = rules.need_text("reasons", reasons, "不予许可必须写明理由。")
    with Act(by=by, now=now, place=place) as act:
        case = act.lock(case_id)
        need_nothing_open(act, case)
        act.close_steps(case, result)
        note_decision(act, case, result, reasons.strip())
        verb = "deny"
        if result is Result.GRANT:
            verb = "grant" if item_of(case).licence else "grant_at_once"
        act.move(case, verb, body={"item": case.facts["item"], **told})


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedElsewhere:
    """A licence that a department issued in its own system ``source``, as that system tells it.

    ``issuer`` is the credit code of the organ that issued it.
    """

    number: str
    issuer: str
    issued_on: date
    valid_from: date
    source: str
    valid_to: date | None = None
    identifier: str = ""


def mirror_elsewhere(
    *,
    case_id: int,
    issued: IssuedElsewhere,
    by: Actor,
    now: datetime,
    told: Mapping[str, Any],
    place: str = "",
) -> None:
    """Mirror the licence of a granted case, never issue it again; the case is done.

    Its face is what the applicant said and the department decided on. Raises BadInput for an
    item without a licence, for another organ than the one that issues it, and for dates that
    contradict each other; MoveNotAllowed before the grant.
    """
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        item = item_of(case)
        if case.state != CaseState.PRODUCING or item.licence is None:
            raise MoveNotAllowed("还没有准予，不能登记证照。", facts={"number": case.number})
        act.drop()
    stated = stated_licence(case_id=case_id, number=issued.number, now=now)
    _need_sound(issued, department(stated.kind.issuer).uscc)
    licence = mirror_licence(
        licence=MirroredLicence(
            type_code=stated.kind.code,
            holder_id=stated.holder_id,
            number=issued.number,
            face=stated.face,
            valid_from=issued.valid_from,
            valid_to=issued.valid_to,
            issued_on=issued.issued_on,
            region=stated.region,
            source=issued.source,
            source_id=stated.case_number,
            identifier=issued.identifier,
            proceeding_id=case_id,
            case_number=stated.case_number,
            shown=stated.shown,
        ),
        licence_type=stated.kind,
        by=by,
        now=now,
    )
    mark_issued(case_id=case_id, identifier=identifier_of(licence.pk), now=now, by=by, told=told)


def _need_sound(issued: IssuedElsewhere, issuer: str) -> None:
    problems = []
    if issued.issuer != issuer:
        problems.append(Problem("issuer", "unknown", "发证机关不是本事项的发证机关。"))
    if issued.valid_to is not None and issued.valid_to < issued.valid_from:
        problems.append(Problem("valid_to", "out-of-range", "有效期止早于有效期起。"))
    if problems:
        raise BadInput("证照信息有误。", problems=tuple(problems))
